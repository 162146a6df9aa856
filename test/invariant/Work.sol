// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reveal} from "../../contracts/types/Opening.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Agreements} from "./Agreements.sol";
import {Member} from "./Ledger.sol";
import {Model} from "./Model.sol";
import {Kind} from "./World.sol";

/// @title Work
/// @notice What providers do on tasks, and who relays, settles and ends what they did.
abstract contract Work is Agreements {
    // --- providers ---

    /// @dev One of the kind works where it holds a fresh seat, else one takes a seat that it has drawn.
    function act(Kind kind, uint256 seed) external {
        uint256 count = _live.length;
        uint256 first = seed >> 8;
        for (uint256 i = 0; i < count && kind != Kind.NoShows; ++i) {
            bytes32 taskId = _live[(first % count + i) % count];
            if (_committable(taskId) && _workOn(kind, taskId, seed)) return;
        }
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(first % count + i) % count];
            uint32 id = _drawnOf(taskId, seed, kind);
            if (id == 0) continue;
            _claim(taskId, id);
            return;
        }
        _skip();
    }

    function _drawnOf(bytes32 taskId, uint256 seed, Kind kind) private view returns (uint32) {
        if (!_claimable(taskId)) return 0;
        Model.Draw memory draw = _drawOf(taskId);
        for (uint256 i = 0; i < _memberCount; ++i) {
            uint32 id = uint32((seed % _memberCount + i) % _memberCount) + 1;
            if (_kind(id) == kind && _mayTake(taskId, id, draw)) return id;
        }
        return 0;
    }

    function _claim(bytes32 taskId, uint32 id) private {
        _as(_members[id].operator);
        try market.claim(_seatTerms(_bodies[taskId]), _bodyHashes[taskId], id) {}
        catch {
            revert("rule 2: a seat was drawn and refused");
        }
        uint256 elapsed = block.timestamp - _claimsFrom(taskId);
        bool early = 6 * elapsed <= 2 * uint256(_bodies[taskId].claimWindow);
        _seated(taskId, id, early, Model.fraction(elapsed, _bodies[taskId].rampSeconds));
    }

    /// @dev One of the kind that sits there acts as its kind does: votes right or wrong, abstains, declines.
    function _workOn(Kind kind, bytes32 taskId, uint256 seed) private returns (bool) {
        uint32[] storage roster = _rosters[taskId];
        for (uint256 i = 0; i < roster.length; ++i) {
            uint32 id = roster[(seed % roster.length + i) % roster.length];
            if (_kind(id) != kind || _seats[taskId][id].status != SeatStatus.Taken) continue;
            if (_seats[taskId][id].round == _votes[taskId].round && _workAt(kind, taskId, id, seed >> 16)) return true;
        }
        return false;
    }

    function _workAt(Kind kind, bytes32 taskId, uint32 id, uint256 seed) private returns (bool) {
        if (kind == Kind.Decliners && _declinable(taskId)) {
            _decline(taskId, id);
            return true;
        }
        if (kind == Kind.Abstainers && seed % 4 != 0) {
            _abstainFrom(taskId, id, uint8((seed >> 8) % 2) + 1);
            return true;
        }
        if (seed % 8 == 0 && _tellProgress(taskId, id)) return true;
        // Proofs are for provers; there a commitment is only a way to stay away.
        if (_bodies[taskId].policy != address(0) && kind != Kind.Withholders) return false;
        _commitTo(taskId, id, _result(taskId, kind != Kind.Liars));
        return true;
    }

    function _decline(bytes32 taskId, uint32 id) private {
        _as(_members[id].operator);
        market.decline(_bodies[taskId]);
        uint256 fee = _share(_bodies[taskId].lock, _terms(taskId).declineBps);
        _unlockSeat(id, _bodies[taskId].lock, fee, _terms(taskId).minIdentityStake);
        _burn(fee);
        _seats[taskId][id].status = SeatStatus.Declined;
        _strike(taskId, id);
        Task storage task = _votes[taskId];
        --task.seats;
        --task.taken;
        (task.status, task.phaseAt) = (TaskStatus.Open, task.postedAt);
    }

    /// @dev Burns a fee out of stake that is free and above any minimum that governance here sets.
    function _tellProgress(bytes32 taskId, uint32 id) private returns (bool) {
        Member storage member = _members[id];
        Seat storage seat = _seats[taskId][id];
        if (member.active < 1_600 ether || member.active - member.locked < 2 ether || seat.checkpoints == 64) {
            return false;
        }
        uint256 fee = uint256(_terms(taskId).checkpointFee) * 1e16;
        _as(member.operator);
        market.checkpoint(taskId, keccak256("content"), 5_000);
        ++seat.checkpoints;
        _shrink(member, fee);
        if (_stake(id).active != member.active) revert("rule 6: the progress fee is not that of the post");
        _burn(fee);
        return true;
    }

    function _declinable(bytes32 taskId) private view returns (bool) {
        uint256 until = _claimsUntil(taskId);
        uint256 grace = uint256(_votes[taskId].phaseAt) + _terms(taskId).declineGrace;
        return block.timestamp <= (grace < until ? grace : until);
    }

    // --- relayers ---

    /// @dev Brings commitments or ends an agreement, now and then; relays, else settles, else ends what failed.
    function serve(uint256 seed) external {
        if (seed % 4 == 0 && _bringCommitments(seed >> 8)) return;
        if (seed % 4 > 1 && _endByAgreement(seed >> 8)) return;
        if (_relay(seed % 2 == 0 ? _live : _panels, seed >> 1)) return;
        if (_relay(seed % 2 == 0 ? _panels : _live, seed >> 1)) return;
        if (!_settleOne(seed) && !_endFailed(seed)) _skip();
    }

    /// @dev Relays every reveal of a round, with bad items among them.
    function _relay(bytes32[] storage ids, uint256 seed) private returns (bool) {
        bytes32 id = _find(ids, seed, _relayable);
        if (id == 0) return false;
        uint32[] memory roster = _rosters[id];
        Reveal[] memory reveals = new Reveal[](roster.length + 2);
        reveals[0].taskId = keccak256("no task");
        for (uint256 i = 0; i < roster.length; ++i) {
            reveals[i + 1] = _revealOf(id, roster[i]);
        }
        reveals[roster.length + 1] = reveals[1];
        _as(RELAYER);
        try market.reveal(reveals) {}
        catch {
            revert("rule 8: a bad item reverted the batch");
        }
        for (uint256 i = 0; i < roster.length; ++i) {
            if (!_isGood(id, roster[i])) continue;
            _revealed(id, roster[i]);
            if (_differs(id, roster[i])) revert("rule 8: a bad item kept a good one out");
        }
        return true;
    }

    function _revealOf(bytes32 id, uint32 provider) private view returns (Reveal memory reveal) {
        (reveal.taskId, reveal.provider) = (id, provider);
        reveal.tag = Model.tag(id, _seats[id][provider].round, _voted[id][provider]);
        // Withholders give away no salt.
        if (_kind(provider) != Kind.Withholders) reveal.salt = _salt(id, provider);
    }

    function _isGood(bytes32 id, uint32 provider) private view returns (bool) {
        Seat storage seat = _seats[id][provider];
        return
            seat.status == SeatStatus.Committed && seat.round == _votes[id].round && _kind(provider) != Kind.Withholders;
    }

    function _relayable(bytes32 id) private view returns (bool) {
        if (!_revealable(id)) return false;
        uint32[] storage roster = _rosters[id];
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_isGood(id, roster[i])) return true;
        }
        return false;
    }

    function _settleOne(uint256 seed) private returns (bool) {
        uint256 count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(seed % count + i) % count];
            if (_countable(taskId) && _settleByModel(taskId)) return true;
        }
        return false;
    }

    function _endFailed(uint256 seed) private returns (bool) {
        bytes32 taskId = _find(_live, seed, _expirable);
        if (taskId != 0) {
            _expireByModel(taskId, RELAYER);
            return true;
        }
        taskId = _find(_live, seed, _escalatable);
        if (taskId != 0) {
            _escalate(taskId, RELAYER);
            return true;
        }
        taskId = _find(_live, seed, _seedLost);
        if (taskId == 0) return false;
        _as(RELAYER);
        market.reseed(_bodies[taskId]);
        _reopened(taskId);
        return true;
    }

    function _escalate(bytes32 taskId, address caller) internal {
        _as(caller);
        try market.escalate(_bodies[taskId]) {}
        catch {
            revert("rule 2: escalate is the only exit, and refused");
        }
        Task storage task = _votes[taskId];
        uint8 replicas = _bodies[taskId].replicas;
        uint8 left = _bodies[taskId].maxReplicas - task.seats;
        ++task.round;
        task.wanted = replicas < left ? replicas : left;
        (task.taken, task.committed, task.abstained, task.revealed) = (0, 0, 0, 0);
        (task.status, task.reseeded) = (TaskStatus.Open, false);
        (task.openedAt, task.phaseAt) = (uint32(block.timestamp), task.postedAt);
        task.seedBlock = uint32(block.number + 1);
        _spendEscrow(taskId, caller, _bodies[taskId].settlementFee);
    }
}
