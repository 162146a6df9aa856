// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Reveal} from "../../contracts/types/Opening.sol";
import {PostParameters, TaskParameters, TokenParameters} from "../../contracts/types/Parameters.sol";
import {ProviderIdentity, ProviderStake, ProviderWork} from "../../contracts/types/Provider.sol";
import {Request, SeatTerms} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Defaults} from "../contracts/support/Defaults.sol";
import {Endings} from "./Endings.sol";
import {Kind} from "./World.sol";

/// @title Moves
/// @notice What the actors do. A move that is not possible now is discarded and not counted; one that is must succeed.
abstract contract Moves is Endings {
    // --- requesters ---

    function post(uint256 seed) external {
        if (_live.length == MAX_LIVE) _skip();
        Request memory request = _random(seed);
        _as(request.requester);
        bytes32 taskId = market.post(request);
        _live.push(taskId);
        _bodies[taskId] = request;
        _wordAtPost[taskId] = parameters.taskWord(market.getTask(taskId).parameters);
        _unbondAtPost[taskId] = parameters.postParameters().unbond;
    }

    function cancel(uint256 seed) external {
        // Rarely, else nothing ever runs.
        if (seed % 8 != 0) _skip();
        bytes32 taskId = _find(seed >> 8, _cancellable);
        if (taskId == 0) _skip();
        _as(_bodies[taskId].requester);
        market.cancel(_bodies[taskId]);
        _forget(taskId);
    }

    function moveMoney(uint256 seed) external {
        _seldom(seed, 8);
        address account = _requester(seed);
        address paid = seed & 8 == 0 ? address(token) : address(deco);
        uint256 amount = (seed >> 16) % 1_000_000 + 1;
        if (seed & 16 == 0) {
            _as(account);
            market.deposit(paid, amount);
        } else {
            uint256 held = market.balanceOf(paid, account);
            if (held == 0) _skip();
            _as(account);
            market.withdraw(paid, amount > held ? held : amount, account);
        }
    }

    function _cancellable(bytes32 taskId) private view returns (bool) {
        return market.getTask(taskId).seats == 0;
    }

    function _random(uint256 seed) private returns (Request memory request) {
        request = _request();
        request.requester = _requester(seed);
        uint8 replicas = (seed >> 8) % 4 == 0 ? 1 : uint8((seed >> 10) % 2) + 2;
        request.replicas = replicas;
        request.maxReplicas = replicas + uint8((seed >> 16) % 4);
        request.minAgreeing = request.maxReplicas < 2 ? 1 : uint8((seed >> 24) % 2) + 1;
        request.thresholdBps = (seed >> 32) % 2 == 0 ? 5_001 : uint16(6_000 + ((seed >> 40) % 1_501));
        request.minWeight = (seed >> 48) % 4 == 0 ? uint16(request.maxReplicas) * 7 : 0;
        request.volume = (seed >> 56) % 3 == 0 ? 4 : 1;
        request.lock = uint96(10 ether + (seed >> 64) % 190 ether);
        uint256 floor = parameters.taskParameters(parameters.version()).noShowBps;
        request.dissentBps = uint16(floor + (seed >> 128) % (10_001 - floor));
        request.claimWindow = 900;
        request.rampSeconds = 900 + uint32((seed >> 144) % 600);
        if ((seed >> 192) % 3 == 0) {
            (request.programOwner, request.programBps) = (AUTHOR, uint16(1 + (seed >> 200) % 5_000));
        }
        if ((seed >> 196) % 3 == 0) {
            (request.dataOwner, request.dataBps) = (COLLECTOR, uint16(1 + (seed >> 216) % 5_000));
        }
        if ((seed >> 208) % 2 == 0) (request.callback, request.callbackGas) = (address(_receiver), 300_000);
        if ((seed >> 160) % 3 == 0) {
            request.token = address(deco);
            request.minPrice = uint96((seed >> 168) % 2 ether);
            request.maxPrice = request.minPrice + uint96((seed >> 176) % 3 ether);
            request.settlementFee = uint96(2e16 + (seed >> 184) % 1e16);
        } else {
            request.minPrice = uint96((seed >> 168) % 2_000_000);
            request.maxPrice = request.minPrice + uint96((seed >> 176) % 2_000_000);
            request.settlementFee = uint96(50_000 + (seed >> 184) % 50_000);
        }
    }

    // --- providers ---

    /// @dev Works where it holds a fresh seat, else looks for one.
    function act(Kind kind, uint256 seed) external {
        uint32 id = _ofKind(kind, seed);
        if (!_workOn(kind, id, seed)) _claimOne(id, seed);
    }

    /// @dev Tries every live task until one draws it.
    function _claimOne(uint32 id, uint256 seed) private {
        uint256 count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[((seed >> 32) % count + i) % count];
            if (!_claimable(taskId) || market.getSeat(taskId, id).status != SeatStatus.None) continue;
            if (_isDrawn(taskId, id)) return;
        }
        _skip();
    }

    function _isDrawn(bytes32 taskId, uint32 id) private returns (bool) {
        (bytes32 body, SeatTerms memory terms) = (_bodyHash(_bodies[taskId]), _seatTerms(_bodies[taskId]));
        _as(_identity(id).operator);
        try market.claim(terms, body, id) {
            return true;
        } catch (bytes memory reason) {
            bytes4 why = bytes4(reason);
            bool expected = why == NotDrawn.selector || why == StakeTooYoung.selector || why == SeedUnknown.selector
                || why == StakeNotFree.selector || why == ProviderDormant.selector || why == ProviderLeaving.selector;
            if (!expected) revert("rule 2: claim refused by another error");
            return false;
        }
    }

    /// @dev Acts on a seat as its kind does: votes right or wrong, abstains, declines, or stays away.
    function _workOn(Kind kind, uint32 id, uint256 seed) private returns (bool) {
        if (kind == Kind.NoShows) return false;
        (bytes32 taskId, Task memory task) = _seatOf(id, seed >> 32);
        if (taskId == 0) return false;
        address operator = _identity(id).operator;
        if (kind == Kind.Decliners && _declinable(taskId, task)) {
            _as(operator);
            market.decline(_bodies[taskId]);
            return true;
        }
        if (kind == Kind.Abstainers && seed % 4 != 0) {
            _as(operator);
            market.abstain(taskId, uint8((seed >> 8) % 2) + 1);
            return true;
        }
        if (seed % 8 == 0 && _tellProgress(taskId, id, operator)) return true;
        bytes32 result = _result(taskId, kind != Kind.Liars);
        _voted[taskId][id] = result;
        bytes32 commitment = _commitment(taskId, id, result);
        _as(operator);
        market.commit(taskId, commitment);
        return true;
    }

    /// @dev Burns a fee out of stake that is free and above any minimum that governance here sets.
    function _tellProgress(bytes32 taskId, uint32 id, address operator) private returns (bool) {
        uint256 active = _stake(id).active;
        if (active < 1_600 ether || active - _work(id).locked < 2 ether) return false;
        uint256 fee = uint256(_terms(taskId).checkpointFee) * 1e16;
        uint256 pending = market.pendingBurn();
        _as(operator);
        market.checkpoint(taskId, keccak256("content"), 5_000);
        if (_stake(id).active != active - fee) revert("rule 6: the progress fee is not that of the post");
        if (market.pendingBurn() - pending != fee) revert("rule 3: a progress fee went elsewhere than to burning");
        return true;
    }

    /// @dev A live task on which the provider may commit now.
    function _seatOf(uint32 id, uint256 seed) private view returns (bytes32 taskId, Task memory task) {
        for (uint256 i = 0; i < _live.length; ++i) {
            taskId = _live[(seed % _live.length + i) % _live.length];
            task = market.getTask(taskId);
            Seat memory seat = market.getSeat(taskId, id);
            if (seat.status != SeatStatus.Taken || seat.round != task.round) continue;
            if (task.status != TaskStatus.Executing) continue;
            if (block.timestamp <= uint256(task.phaseAt) + task.commitWindow) return (taskId, task);
        }
        taskId = 0;
    }

    function _declinable(bytes32 taskId, Task memory task) private view returns (bool) {
        uint256 until = uint256(task.openedAt) + _bodies[taskId].claimWindow;
        uint256 grace = uint256(task.phaseAt) + _terms(taskId).declineGrace;
        return block.timestamp <= (grace < until ? grace : until);
    }

    // --- relayers ---

    /// @dev Relays, else settles, else ends what failed.
    function serve(uint256 seed) external {
        if (_relay(seed)) return;
        bytes32 taskId = _find(seed, _settleable);
        if (taskId != 0 && _settleByModel(taskId)) return;
        _endFailed(seed);
    }

    /// @dev Relays every reveal of a round, with bad items among them.
    function _relay(uint256 seed) private returns (bool) {
        bytes32 taskId = _find(seed, _revealable);
        if (taskId == 0) return false;
        (uint32[] memory roster, Seat[] memory seats) = _roster(taskId);
        Reveal[] memory reveals = new Reveal[](roster.length + 2);
        uint256 good;
        uint8 round = market.getTask(taskId).round;
        reveals[0].taskId = keccak256("no task");
        for (uint256 i = 0; i < roster.length; ++i) {
            reveals[i + 1] = _reveal(taskId, roster[i], _voted[taskId][roster[i]]);
            bool fresh = seats[i].status == SeatStatus.Committed && seats[i].round == round;
            if (_kind(roster[i]) == Kind.Withholders) reveals[i + 1].salt = 0;
            else if (fresh) ++good;
        }
        reveals[roster.length + 1] = reveals[1];
        if (good == 0) return false;
        _as(RELAYER);
        try market.reveal(reveals) {}
        catch {
            revert("rule 8: a bad item reverted the batch");
        }
        for (uint256 i = 0; i < roster.length; ++i) {
            bool fresh = seats[i].status == SeatStatus.Committed && seats[i].round == round;
            if (!fresh || _kind(roster[i]) == Kind.Withholders) continue;
            if (market.getSeat(taskId, roster[i]).status != SeatStatus.Revealed) {
                revert("rule 8: a bad item kept a good one out");
            }
        }
        return true;
    }

    function _endFailed(uint256 seed) private {
        bytes32 taskId = _find(seed, _expirable);
        if (taskId != 0) {
            _expireByModel(taskId, RELAYER);
            return;
        }
        taskId = _find(seed, _escalatable);
        if (taskId == 0) _skip();
        _as(RELAYER);
        market.escalate(_bodies[taskId]);
    }

    // --- owners ---

    function own(uint256 seed) external {
        _seldom(seed, 3);
        uint32 id = uint32((seed >> 8) % market.providerCount()) + 1;
        ProviderIdentity memory identity = _identity(id);
        ProviderStake memory stake = _stake(id);
        ProviderWork memory state = _work(id);
        uint256 what = seed % 7;
        if (state.leaving && what < 3) what = 6;
        if (what == 0) {
            if (stake.active > 3_000 ether) _skip();
            _as(identity.owner);
            market.stake(id, 3_000 ether);
        } else if (what == 1) {
            if (stake.active < 2_900 ether || stake.active - state.locked < 10 ether) _skip();
            _as(identity.owner);
            market.unbond(id, 10 ether);
        } else if (what == 2) {
            if (identity.unbonding == 0 || block.timestamp < identity.unbondsAt) _skip();
            _as(identity.owner);
            market.withdrawStake(id);
        } else if (what == 3) {
            uint256 earned = market.earningsOf(address(token), id);
            if (earned == 0) _skip();
            _as(identity.owner);
            market.withdrawEarnings(id, address(token), earned, identity.owner);
        } else if (what == 4) {
            address other = identity.operator == _operator(id) ? address(uint160(0x500000 + id)) : _operator(id);
            _as(identity.owner);
            market.setOperator(id, other);
        } else if (what == 5) {
            _passOn(id, identity.owner, seed >> 40);
        } else {
            _leave(id, identity, stake, state);
        }
    }

    /// @dev Gives the identity to its heir or back; rarely, as it costs all trust above the start.
    function _passOn(uint32 id, address owner, uint256 seed) private {
        if (seed % 4 != 0) _skip();
        address to = owner == _owner(id) ? _heir(id) : _owner(id);
        _as(owner);
        market.offerOwnership(id, to);
        _as(to);
        market.acceptOwnership(id);
        uint8 start = parameters.postParameters().trustStart;
        if (_trust[id] > start) _trust[id] = start;
    }

    /// @dev Late comers leave, and others come.
    function _leave(uint32 id, ProviderIdentity memory identity, ProviderStake memory stake, ProviderWork memory state)
        private
    {
        if (id > FIRST_PROVIDERS && (!state.leaving || stake.active > state.locked)) {
            _as(identity.owner);
            market.deregister(id);
        } else if (market.providerCount() < MAX_PROVIDERS) {
            _join();
        } else {
            _skip();
        }
    }

    // --- governance ---

    /// @dev Anything within the bounds that leaves the requests of {post} legal.
    function govern(uint256 seed) external {
        _seldom(seed, 6);
        if (seed % 4 == 0) {
            uint96 fee = uint96((seed >> 8) % 50_000);
            parameters.setToken(address(token), TokenParameters(true, uint112((seed >> 32) % 1e30), fee));
        } else if (seed % 4 == 1) {
            _currentTreasury = seed & 8 == 0 ? TREASURY : TREASURY_2;
            parameters.setTreasury(_currentTreasury);
        } else {
            TaskParameters memory terms = _baseTerms();
            terms.noShowBps = uint16(100 + (seed >> 8) % 4_901);
            terms.declineBps = uint16((seed >> 24) % 501);
            terms.failedVoteBps = uint16((seed >> 40) % 2_501);
            terms.protocolFeeBps = uint16((seed >> 56) % 501);
            terms.agreeStep = uint8(1 + (seed >> 72) % 2);
            terms.dissentStep = uint8(10 + (seed >> 80) % 10);
            terms.noShowStep = uint8(5 + (seed >> 88) % 5);
            terms.weightCap = uint8(1 + (seed >> 96) % 5);
            terms.settleWindow = uint24(1 + (seed >> 104) % 200);
            terms.declineGrace = uint24((seed >> 112) % 100);
            terms.postingFee = uint40(1_000 + (seed >> 120) % 3_000);
            terms.trustMoves = (seed >> 136) % 4 != 0;
            terms.checkpointFee = uint8((seed >> 168) % 128);
            terms.minIdentityStake = uint24(500 + (seed >> 144) % 1_000);
            PostParameters memory limits = Defaults.post();
            limits.unbond = uint32(1 days + (seed >> 160) % 13 days);
            // Never below what requests here ask for.
            limits.maxCallbackGas = uint24(300_000 + (seed >> 208) % 700_001);
            limits.trustStart = uint8(10 + (seed >> 192) % 20);
            parameters.setParameters(terms, limits);
        }
    }

    // --- time ---

    function wait(uint256 seed) external {
        _later(seed % 8 == 0 ? (seed >> 8) % 400 + 1 : (seed >> 8) % 30 + 1);
    }
}
