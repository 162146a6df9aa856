// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignaturePolicy} from "../../contracts/mocks/SignaturePolicy.sol";
import {Opening} from "../../contracts/types/Opening.sol";
import {Request} from "../../contracts/types/Request.sol";
import {FoldFixture} from "./FoldFixture.sol";
import {VM} from "./support/Vm.sol";
import {Keys} from "./support/Wallets.sol";

/// @title ProvenFixture
/// @notice Signed requests that an instant policy decides, and proofs for it.
abstract contract ProvenFixture is FoldFixture {
    uint256 internal constant PROOF_KEY = 0x5167;
    uint24 internal constant GAS_CAP = 200_000;

    SignaturePolicy internal policy;
    Opening internal opened;

    function setUp() public virtual override {
        super.setUp();
        policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, GAS_CAP);
        opened.digest = RIGHT;
    }

    /// @dev Makes the fixture's request one with this many seats, by the allocator where there is one.
    function _askProven(uint8 replicas) internal {
        request = _signable();
        (request.replicas, request.maxReplicas, request.minAgreeing) = (replicas, replicas, 1);
        if (replicas == 0) (request.allocator, request.allocatorWindow) = (address(0), 0);
        (request.policy, request.policyData) = (address(policy), bytes32(uint256(uint160(VM.addr(PROOF_KEY)))));
        taskId = market.hashRequest(request);
    }

    /// @dev Makes the fixture's request an order.
    function _askOrder() internal {
        Request memory asked;
        asked.requester = holder;
        (asked.nonce, asked.expiry) = (7, uint40(block.timestamp + 1 hours));
        (asked.program, asked.input, asked.volume) = (keccak256("program"), keccak256("input"), 1);
        (asked.token, asked.minPrice, asked.maxPrice) = (address(token), 1e6, 1e6);
        (asked.policy, asked.policyData) = (address(policy), bytes32(uint256(uint160(VM.addr(PROOF_KEY)))));
        request = asked;
        taskId = market.hashRequest(request);
    }

    /// @dev A proof that the opened result is the task's, bound to the provider.
    function _proofOf(uint32 provider) internal view returns (bytes memory) {
        bytes32 result = opened.root == 0 ? opened.digest : keccak256(abi.encode(opened.root, opened.digest));
        return Keys.sign(PROOF_KEY, policy.digestOf(taskId, provider, result));
    }

    /// @dev Everything that the market keeps of those concerned.
    function _everything(uint32 provider) internal view returns (bytes32 digest) {
        address operator = _operator(provider);
        digest = keccak256(abi.encode(market.getOutcome(taskId), _balance(holder), _balance(operator)));
        digest = keccak256(abi.encode(digest, _balance(TREASURY), _balance(STRANGER), market.pendingBurn()));
        digest = keccak256(abi.encode(digest, market.balanceOf(address(deco), holder)));
        digest = keccak256(abi.encode(digest, _work(provider), _stake(provider), _earned(provider)));
        return keccak256(abi.encode(digest, market.getSeat(taskId, provider)));
    }
}
