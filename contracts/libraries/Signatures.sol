// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Signatures
/// @notice Whether an account, a key or a contract, has signed a digest.
library Signatures {
    /// @dev Gas that a contract has for an answer: enough for a wallet that checks a P-256 signature in Solidity. A caller who
    /// leaves less gets a refusal, which harms nobody else.
    uint256 internal constant GAS = 300_000;

    /// @notice A key's signature counts also for an account with code, as a key keeps its account when it delegates it.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return says(
            signer, abi.encodeCall(IERC1271.isValidSignature, (digest, signature)), IERC1271.isValidSignature.selector
        );
    }

    /// @notice Whether the account is the signer of a compact signature (ERC-2098).
    function isValid(address signer, bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecover(digest, r, vs);
        return problem == ECDSA.RecoverError.NoError && recovered == signer;
    }

    /// @notice Whether a contract answers a question with `magic`. No more than a word of the answer is copied; an account without
    /// code answers nothing.
    function says(address target, bytes memory question, bytes4 magic) internal view returns (bool yes) {
        uint256 cap = GAS;
        bytes32 expected = magic;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            let answered := staticcall(cap, target, add(question, 0x20), mload(question), 0x00, 0x20)
            yes := and(answered, and(gt(returndatasize(), 0x1f), eq(mload(0x00), expected)))
        }
    }
}
