// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {Outcome, TaskLib, TaskStatus} from "../types/Task.sol";
import {Settlement} from "./Settlement.sol";

/// @title DecoMarket
/// @notice A marketplace for computation whose payments depend on proof. See {IDecoMarket} for the specification, and the
/// modules of this folder for each part: {Accounts}, {Providers}, {Posting}, {Seating}, {Voting}, {Settlement}.
contract DecoMarket is Settlement, Multicall {
    using TaskLib for uint256;

    /// @param deco_ The stake token; it must be burnable.
    /// @param parameters_ Governed values.
    /// @param randomness_ Seeds for sortition.
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_) EIP712("Deco", "1") {
        deco = deco_;
        parameters = parameters_;
        randomness = randomness_;
    }

    /// @inheritdoc IDecoTasks
    function getOutcome(bytes32 taskId) external view returns (Outcome memory outcome) {
        uint256 word = _tasks[taskId];
        outcome.status = word.statusOf();
        if (outcome.status == TaskStatus.None) revert UnknownTask(taskId);
        if (outcome.status == TaskStatus.Settled || outcome.status == TaskStatus.Ended) return word.unpackOutcome();
    }

    /// @inheritdoc IDecoTasks
    function verifyResult(bytes32 taskId, uint256 index, bytes32 item, bytes32[] calldata proof)
        external
        view
        returns (bool accepted, uint256 securityBudget)
    {
        uint256 word = _tasks[taskId];
        if (word.statusOf() != TaskStatus.Settled) return (false, 0);
        Outcome memory outcome = word.unpackOutcome();
        bytes32 result = item;
        if (outcome.bag) {
            if (proof.length == 0) return (false, 0);
            // The manifest digest ends the proof; the path comes before it.
            uint256 last = proof.length - 1;
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(index, item))));
            bytes32 root = MerkleProof.processProofCalldata(proof[:last], leaf);
            result = keccak256(abi.encode(root, proof[last]));
        } else if (index != 0 || proof.length != 0) {
            return (false, 0);
        }
        accepted = outcome.result == bytes26(result);
        if (accepted) securityBudget = uint256(outcome.securityBudget) * 1 ether;
    }
}
