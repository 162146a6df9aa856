// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignedCommitment} from "../../contracts/types/Fold.sol";
import {Opening} from "../../contracts/types/Opening.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Outcome, Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Model} from "./Model.sol";
import {Requests} from "./Requests.sol";
import {Kind} from "./World.sol";

/// @title Agreements
/// @notice Commitments that others bring, and first rounds that end in one call because all seats agree.
abstract contract Agreements is Requests {
    /// @dev What is brought to end an agreement.
    struct Agreement {
        uint32[] roster;
        Opening opening;
        bytes32[] salts;
    }

    // --- settling without reveals ---

    /// @dev Ends a task whose seats agree; else sees another one refused, which is no move.
    function _endByAgreement(uint256 seed) internal returns (bool) {
        bytes32 taskId = _find(_live, seed, _agreed);
        if (taskId != 0) {
            _spoilAgreement(taskId, seed >> 8);
            _agreeByModel(taskId);
            return true;
        }
        if (_live.length != 0) _agreeByModel(_live[seed % _live.length]);
        return false;
    }

    /// @dev Settles if the model says so, and is refused by the error that the model names if not.
    function _agreeByModel(bytes32 taskId) private {
        bytes4 refusal = _agreementRefusal(taskId);
        Agreement memory item = _agreementOf(taskId);
        _as(RELAYER);
        try market.settleAgreed(_bodies[taskId], item.roster, item.opening, item.salts) {
            if (refusal != 0) revert("rule 3: settled without an agreement");
        } catch (bytes memory reason) {
            _checkRefusal(reason, refusal);
            return;
        }
        _endAgreed(taskId);
    }

    function _checkRefusal(bytes memory reason, bytes4 refusal) internal pure {
        if (refusal == 0) revert("rule 2: an agreement was refused");
        if (bytes4(reason) != refusal) revert("rule 2: an agreement was refused by another error");
    }

    function _agreed(bytes32 taskId) private view returns (bool) {
        return _agreementRefusal(taskId) == 0;
    }

    /// @dev Why a task cannot end by agreement now; zero when it can.
    function _agreementRefusal(bytes32 taskId) internal view returns (bytes4) {
        Task storage task = _votes[taskId];
        if (_bodies[taskId].policy != address(0)) return WrongPolicy.selector;
        if (_isDelayed(taskId)) return NotFinalAtOnce.selector;
        if (task.status != TaskStatus.Revealing) return WrongStatus.selector;
        if (block.timestamp > uint256(task.phaseAt) + task.revealWindow) return RevealWindowClosed.selector;
        if (task.round != 1 || task.committed != task.wanted || task.revealed != 0) return NotAllCommitted.selector;
        if (!_isUnanimous(taskId)) return NotAgreed.selector;
        bytes32 result = _voted[taskId][_rosters[taskId][0]];
        (, Seat[] memory seats) = _openedSeats(taskId, result);
        Model.Vote memory vote = Model.count(taskId, seats, result, _terms(taskId).weightCap);
        return Model.wins(vote, _bodies[taskId]) ? bytes4(0) : ResultNotAccepted.selector;
    }

    /// @dev Whether all voted for one result and give their salts.
    function _isUnanimous(bytes32 taskId) private view returns (bool) {
        uint32[] storage roster = _rosters[taskId];
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_kind(roster[i]) == Kind.Withholders) return false;
            if (_voted[taskId][roster[i]] != _voted[taskId][roster[0]]) return false;
        }
        return true;
    }

    /// @dev The seats as reveals would have left them.
    function _openedSeats(bytes32 taskId, bytes32 result)
        private
        view
        returns (uint32[] memory roster, Seat[] memory seats)
    {
        (roster, seats) = _rosterOf(taskId);
        for (uint256 i = 0; i < seats.length; ++i) {
            (seats[i].status, seats[i].value) = (SeatStatus.Revealed, bytes24(Model.tag(taskId, 1, result)));
        }
    }

    /// @dev What honest callers bring: the result of the first seat, and the salts that are known.
    function _agreementOf(bytes32 taskId) internal view returns (Agreement memory item) {
        item.roster = _rosters[taskId];
        item.salts = new bytes32[](item.roster.length);
        item.opening = _open(taskId, item.roster.length == 0 || _votedRight(taskId, item.roster[0]));
        for (uint256 i = 0; i < item.salts.length; ++i) {
            if (_kind(item.roster[i]) != Kind.Withholders) item.salts[i] = _salt(taskId, item.roster[i]);
        }
    }

    function _votedRight(bytes32 taskId, uint32 provider) private view returns (bool) {
        return _voted[taskId][provider] == _result(taskId, true);
    }

    function _endAgreed(bytes32 taskId) internal {
        bytes32 result = _voted[taskId][_rosters[taskId][0]];
        (uint32[] memory roster, Seat[] memory seats) = _openedSeats(taskId, result);
        _endAccepted(taskId, roster, seats, result);
        for (uint256 i = 0; i < roster.length; ++i) {
            if (market.getSeat(taskId, roster[i]).status != SeatStatus.None) {
                revert("rule 3: a seat outlived its task");
            }
        }
        Outcome memory outcome = market.getOutcome(taskId);
        bool other = outcome.result != bytes26(result) || outcome.agreeing != roster.length;
        if (other || outcome.status != TaskStatus.Settled) revert("rule 3: settled with another result");
    }

    /// @dev Seats that are missing, named twice or opened by what they have not committed to.
    function _spoilAgreement(bytes32 taskId, uint256 seed) private {
        Agreement memory item = _agreementOf(taskId);
        bytes4 refusal = _spoiled(taskId, item, seed);
        uint256 what = (seed >> 16) % 3;
        if (what == 0 && item.roster.length > 1) {
            (item.roster[1], refusal) = (item.roster[0], InvalidRoster.selector);
        } else if (what == 1) {
            (item.roster, refusal) = (_shorter(item.roster), RosterIncomplete.selector);
        }
        _as(STRANGER);
        try market.settleAgreed(_bodies[taskId], item.roster, item.opening, item.salts) {
            revert("rule 3: settled without every seat's word");
        } catch (bytes memory reason) {
            _checkRefusal(reason, refusal);
        }
    }

    /// @dev Takes from the agreement what one seat has said.
    /// @return refusal The error that names it.
    function _spoiled(bytes32 taskId, Agreement memory item, uint256 seed) internal view returns (bytes4 refusal) {
        uint256 i = (seed >> 8) % item.salts.length;
        refusal = NotAgreed.selector;
        if (seed % 3 == 0) item.salts[i] = ~item.salts[i];
        else if (seed % 3 == 1) item.opening = _open(taskId, !_votedRight(taskId, item.roster[0]));
        else (item.salts, refusal) = (new bytes32[](item.salts.length - 1), RosterIncomplete.selector);
    }

    function _shorter(uint32[] memory list) private pure returns (uint32[] memory shorter) {
        shorter = new uint32[](list.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = list[i];
        }
    }

    // --- commitments of others ---

    /// @dev Brings what the honest seats of a round have signed, with bad items among them.
    function _bringCommitments(uint256 seed) internal returns (bool) {
        bytes32 taskId = _find(_live, seed, _isAwaited);
        if (taskId == 0) return false;
        uint32[] memory roster = _rosters[taskId];
        SignedCommitment[] memory items = new SignedCommitment[](5 * roster.length + 2);
        for (uint256 i = 0; i < roster.length; ++i) {
            _addCommitments(items, 5 * i, taskId, roster[i]);
        }
        items[items.length - 2] = _outsider(taskId, seed);
        items[items.length - 1].taskId = keccak256("no task");
        _as(RELAYER);
        try market.commitSigned(items) {}
        catch {
            revert("rule 8: a bad item reverted the batch");
        }
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_signs(taskId, roster[i])) _committed(taskId, roster[i], _result(taskId, true));
            if (!_differs(taskId, roster[i])) continue;
            if (market.getSeat(taskId, roster[i]).status == SeatStatus.Taken) {
                revert("rule 8: a bad item kept a good one out");
            }
            revert("rule 3: a commitment that its provider has not signed");
        }
        _compareVote(taskId);
        _as(RELAYER);
        try market.commitSigned(items) {
            revert("rule 3: a commitment after a commitment");
        } catch (bytes memory reason) {
            if (bytes4(reason) != NothingCommitted.selector) revert("rule 2: commitSigned refused by another error");
        }
        return true;
    }

    /// @dev By a wrong key, for another round, of nothing; then the good one, twice. Who signs nothing has bad ones only.
    function _addCommitments(SignedCommitment[] memory items, uint256 first, bytes32 taskId, uint32 provider)
        private
        view
    {
        uint8 round = _votes[taskId].round;
        bool signs = _signs(taskId, provider);
        uint256 stale = _operatorKey(provider, !_members[provider].rotated);
        uint256 key = signs ? _keyOf(provider) : stale;
        bytes32 wrong = _commitmentOf(taskId, provider, _result(taskId, false));
        bytes32 right = _commitmentOf(taskId, provider, _result(taskId, true));
        items[first] = _signedCommitment(taskId, provider, round, wrong, stale);
        items[first + 1] = _signedCommitment(taskId, provider, round + 1, wrong, key);
        items[first + 2] = _signedCommitment(taskId, provider, round, 0, key);
        items[first + 3] = _signedCommitment(taskId, provider, round, right, key);
        items[first + 4] = items[first + 3];
    }

    /// @dev Of a provider without a seat.
    function _outsider(bytes32 taskId, uint256 seed) private view returns (SignedCommitment memory) {
        uint32 id = uint32(seed % _memberCount) + 1;
        while (_seats[taskId][id].status != SeatStatus.None) id = id % _memberCount + 1;
        return _signedCommitment(taskId, id, _votes[taskId].round, keccak256("commitment"), _keyOf(id));
    }

    function _isAwaited(bytes32 taskId) private view returns (bool) {
        // With a policy the work is a proof.
        if (!_committable(taskId) || _bodies[taskId].policy != address(0)) return false;
        uint32[] storage roster = _rosters[taskId];
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_signs(taskId, roster[i])) return true;
        }
        return false;
    }

    /// @dev Whether an honest provider has a commitment to give.
    function _signs(bytes32 taskId, uint32 provider) private view returns (bool) {
        Seat storage seat = _seats[taskId][provider];
        return _kind(provider) == Kind.Honest && seat.status == SeatStatus.Taken && seat.round == _votes[taskId].round;
    }
}
