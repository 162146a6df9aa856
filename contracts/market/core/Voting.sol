// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IDecoTasks} from "../../interfaces/IDecoTasks.sol";
import {Signatures} from "../../libraries/Signatures.sol";
import {Fold, FoldLib, SealedCommitment, SignedCommitment} from "../../types/Fold.sol";
import {ProviderWords} from "../../types/Provider.sol";
import {SeatLib, SeatStatus} from "../../types/Seat.sol";
import {TaskLib, TaskStatus} from "../../types/Task.sol";
import {Folds} from "../Folds.sol";
import {Seating} from "./Seating.sol";

/// @title Voting
/// @notice Commitments, each provider's own or brought by others.
abstract contract Voting is Seating, Folds {
    using MessageHashUtils for bytes32;
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @dev Relayed in one call.
    uint256 internal constant MAX_COMMITMENTS = 64;

    /// @dev See {IDecoTasks-commit}.
    function commit(bytes32 taskId, bytes32 commitment) external {
        bytes24 prefix = bytes24(commitment);
        if (prefix == 0) revert EmptyCommitment();
        uint32 provider = _caller();
        (uint256 task, bytes32 key, uint256 seat) = _ownSeat(taskId, provider);
        _seats[key] = SeatLib.advance(seat, SeatStatus.Committed, prefix);
        _storeVoter(taskId, task + TaskLib.ONE_COMMITTED);
        emit IDecoTasks.Committed(taskId, provider, commitment);
    }

    /// @dev See {IDecoTasks-commitSigned}.
    function commitSigned(SignedCommitment[] calldata commitments) external {
        uint256 count = commitments.length;
        if (count > MAX_COMMITMENTS) revert TooManyCommitments(count, MAX_COMMITMENTS);
        bytes32 separator = _domainSeparatorV4();
        uint256 stored;
        CommitRefusal first;
        for (uint256 i = 0; i < count; ++i) {
            CommitRefusal refusal = _commitSigned(commitments[i], separator);
            if (refusal == CommitRefusal.None) {
                ++stored;
                continue;
            }
            if (first == CommitRefusal.None) first = refusal;
            emit IDecoTasks.CommitmentSkipped(commitments[i].taskId, commitments[i].provider, refusal);
        }
        if (stored == 0) revert NothingCommitted(first);
    }

    /// @dev See {IDecoFolds-commitFolded}.
    function commitFolded(bytes32 taskId, Fold calldata fold, SealedCommitment[] calldata commitments) external {
        uint256[] memory seats = _checkedSeats(taskId, fold);
        uint256 task = fold.task;
        if (task.statusOf() != TaskStatus.Executing) revert WrongStatus(taskId, task.statusOf());
        if (block.timestamp > task.commitsCloseAt()) revert CommitWindowClosed(task.commitsCloseAt());
        uint256 count = seats.length;
        if (commitments.length != count) revert RosterIncomplete(commitments.length, count);
        uint32[] calldata roster = fold.roster;
        bytes32 separator = _domainSeparatorV4();
        for (uint256 i = 0; i < count; ++i) {
            seats[i] = _commitSealed(taskId, roster[i], seats[i], commitments[i], separator);
        }
        task = (task + count * TaskLib.ONE_COMMITTED).inPhase(TaskStatus.Revealing, block.timestamp);
        _tasks[taskId] = FoldLib.word(fold, task, seats);
    }

    /// @return The seat with its commitment.
    function _commitSealed(
        bytes32 taskId,
        uint32 provider,
        uint256 seat,
        SealedCommitment calldata item,
        bytes32 separator
    ) private returns (uint256) {
        bytes32 commitment = item.commitment;
        bytes24 prefix = bytes24(commitment);
        if (prefix == 0) revert EmptyCommitment();
        address operator = _keys[provider].operatorOf();
        bytes32 digest = separator.toTypedDataHash(FoldLib.structHash(taskId, 1, commitment));
        if (!Signatures.isValid(operator, digest, item.r, item.vs)) revert InvalidSignature(operator);
        emit IDecoTasks.Committed(taskId, provider, commitment);
        return SeatLib.advance(seat, SeatStatus.Committed, prefix);
    }

    function _commitSigned(SignedCommitment calldata item, bytes32 separator) private returns (CommitRefusal) {
        uint256 task = _tasks[item.taskId];
        if (task.statusOf() != TaskStatus.Executing) return CommitRefusal.WrongStatus;
        if (block.timestamp > task.commitsCloseAt()) return CommitRefusal.WindowClosed;
        bytes32 key = SeatLib.key(item.taskId, item.provider);
        uint256 seat = _seats[key];
        uint256 round = task.roundOf();
        if (SeatLib.statusOf(seat) != SeatStatus.Taken || SeatLib.roundOf(seat) != round) {
            return CommitRefusal.NotSeated;
        }
        bytes24 prefix = bytes24(item.commitment);
        if (prefix == 0) return CommitRefusal.EmptyCommitment;
        bytes32 digest = separator.toTypedDataHash(FoldLib.structHash(item.taskId, round, item.commitment));
        if (!Signatures.isValid(_keys[item.provider].operatorOf(), digest, item.r, item.vs)) {
            return CommitRefusal.InvalidSignature;
        }
        _seats[key] = SeatLib.advance(seat, SeatStatus.Committed, prefix);
        _storeVoter(item.taskId, task + TaskLib.ONE_COMMITTED);
        emit IDecoTasks.Committed(item.taskId, item.provider, item.commitment);
        return CommitRefusal.None;
    }
}
