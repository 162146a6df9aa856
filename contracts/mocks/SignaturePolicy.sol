// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IProofPolicy, ProofContext} from "../interfaces/IProofPolicy.sol";

/// @title SignaturePolicy
/// @notice An instant policy for tests: the account in `policyData` signs task, provider and result. Binding the provider makes a proof
/// useless to whoever copies it.
contract SignaturePolicy is IProofPolicy {
    /// @inheritdoc IProofPolicy
    function kind() external pure returns (Kind) {
        return Kind.Instant;
    }

    /// @inheritdoc IProofPolicy
    function accepts(bytes32 policyData) external pure returns (bool) {
        return policyData != 0;
    }

    /// @inheritdoc IProofPolicy
    function verify(ProofContext calldata context, bytes32 result, bytes calldata proof) external pure returns (bool) {
        (address signer,,) = ECDSA.tryRecover(digestOf(context.taskId, context.provider, result), proof);
        return signer != address(0) && signer == address(uint160(uint256(context.policyData)));
    }

    /// @notice What is signed.
    function digestOf(bytes32 taskId, uint32 provider, bytes32 result) public pure returns (bytes32) {
        return keccak256(abi.encode(taskId, provider, result));
    }
}
