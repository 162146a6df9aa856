// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fold, SealedCommitment, SignedCommitment} from "../../contracts/types/Fold.sol";
import {Match, OfferSeat, TaskSeat} from "../../contracts/types/Matching.sol";
import {Request} from "../../contracts/types/Request.sol";
import {SeatLib, SeatStatus} from "../../contracts/types/Seat.sol";
import {TaskLib, TaskStatus} from "../../contracts/types/Task.sol";
import {Holds} from "./Holds.sol";
import {Model} from "./Model.sol";
import {Kind} from "./World.sol";

/// @title Folding
/// @notice Tasks opened with their first round folded. The fold that is brought is made of the ledger, so the market, which keeps
/// only its digest, agrees with every field of task and seats or refuses it. None stays folded when the move ends.
abstract contract Folding is Holds {
    function _openAndFold(uint256 seed) internal {
        if (_live.length == MAX_LIVE) _skip();
        Request memory request = _assignableRequest(seed, _allocators[seed >> 8 & 1]);
        uint32[] memory roster = _willingOnes(request, seed >> 16, (seed >> 12) % 4 != 0);
        _prepay(request);
        Match memory item = _full(request, roster, (seed >> 24) % (roster.length + 1));
        if (seed % 4 == 0) _foldWithout(item, seed >> 32);
        _as(seed % 2 == 0 ? request.allocator : STRANGER);
        bytes32 taskId = market.openAndFold(item);
        _opened(taskId, request);
        uint40 fraction = Model.fractionOf(request.minPrice, request.maxPrice, _middle(request));
        for (uint256 i = 0; i < roster.length; ++i) {
            // Of a fold no seat may raise trust, whoever the allocator is.
            _take(taskId, roster[i], false, fraction);
        }
        for (uint256 i = 0; i < item.offerSeats.length; ++i) {
            _used(item.offerSeats[i].offer);
        }
        _goOn(taskId, seed >> 40);
        _lastMatch = abi.encode(item);
        _as(STRANGER);
        try market.openAndFold(item) {
            revert("rule 3: consents were used twice");
        } catch (bytes memory reason) {
            if (bytes4(reason) != AlreadyPosted.selector) revert("rule 2: openAndFold refused by another error");
        }
    }

    /// @dev As many as the round wants, by ascending id; `alike` are all honest, or all liars.
    function _willingOnes(Request memory request, uint256 seed, bool alike)
        private
        view
        returns (uint32[] memory roster)
    {
        bool[] memory chosen = new bool[](_memberCount + 1);
        Kind kind = seed % 4 == 0 ? Kind.Liars : Kind.Honest;
        uint256 missing = request.replicas;
        for (uint256 i = 0; i < _memberCount && missing != 0; ++i) {
            uint32 id = uint32(((seed >> 8) % _memberCount + i) % _memberCount) + 1;
            if ((alike && _kind(id) != kind) || !_isWilling(request, id)) continue;
            chosen[id] = true;
            --missing;
        }
        if (missing != 0) _skip();
        roster = new uint32[](request.replicas);
        uint256 count;
        for (uint32 id = 1; id <= _memberCount; ++id) {
            if (chosen[id]) roster[count++] = id;
        }
    }

    /// @dev The first of the roster by offers for the task, the others by standing ones.
    function _full(Request memory request, uint32[] memory roster, uint256 short)
        private
        view
        returns (Match memory item)
    {
        item.request = request;
        bytes32 taskId = market.hashRequest(request);
        item.signature = _signOf(request, taskId);
        item.taskSeats = new TaskSeat[](short);
        item.offerSeats = new OfferSeat[](roster.length - short);
        for (uint256 i = 0; i < roster.length; ++i) {
            if (i < short) item.taskSeats[i] = _taskSeat(taskId, roster[i], _middle(request));
            else item.offerSeats[i - short] = _offerSeat(roster[i], request);
        }
        item.assignment = _assignment(item, taskId, 1);
    }

    /// @dev Without one of the consents, or without one of the seats.
    function _foldWithout(Match memory item, uint256 seed) private {
        Match memory bad = abi.decode(abi.encode(item), (Match));
        if (seed % 5 != 0) {
            _spoil(bad, seed);
        } else {
            (bad.taskSeats, bad.offerSeats) = (new TaskSeat[](0), new OfferSeat[](0));
        }
        _as(STRANGER);
        try market.openAndFold(bad) {
            revert("rule 3: a seat without all consents");
        } catch {}
    }

    // --- while it is folded ---

    /// @dev Unfolds at once, or when it has its commitments, or settles: nothing stays folded.
    function _goOn(bytes32 taskId, uint256 seed) private {
        _tryAsIfOpen(taskId, seed >> 8);
        _later((seed >> 16) % 60);
        Fold memory fold = _foldOf(taskId);
        _tryAnother(taskId, seed >> 24);
        if (seed % 4 == 0 || !_allSign(taskId)) {
            _unfold(taskId);
            return;
        }
        _commitFolded(taskId, fold, seed >> 32);
        _later((seed >> 40) % 60);
        _tryUnfold(taskId, fold);
        _tryAnother(taskId, seed >> 48);
        if (seed % 4 == 1 || !_settleFolded(taskId, seed >> 56)) _unfold(taskId);
    }

    /// @dev What the market must have kept the digest of.
    function _foldOf(bytes32 taskId) private view returns (Fold memory fold) {
        fold.task = TaskLib.pack(_votes[taskId]);
        fold.terms = _wordAtPost[taskId];
        fold.roster = _rosters[taskId];
        fold.seats = new uint256[](fold.roster.length);
        for (uint256 i = 0; i < fold.seats.length; ++i) {
            fold.seats[i] = SeatLib.pack(_seats[taskId][fold.roster[i]]);
        }
    }

    function _unfold(bytes32 taskId) private {
        Fold memory fold = _foldOf(taskId);
        _as(STRANGER);
        try market.unfold(taskId, fold) {}
        catch {
            revert("rule 2: a fold is in another state than its moves made");
        }
        _compareVote(taskId);
        _tryUnfold(taskId, fold);
    }

    /// @dev Whoever takes part commits; some never do, so such a round has no use for `commitFolded`.
    function _allSign(bytes32 taskId) private view returns (bool) {
        uint32[] storage roster = _rosters[taskId];
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_kind(roster[i]) == Kind.NoShows) return false;
        }
        return true;
    }

    function _commitFolded(bytes32 taskId, Fold memory fold, uint256 seed) private {
        SealedCommitment[] memory items = new SealedCommitment[](fold.roster.length);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = _sealed(taskId, fold.roster[i], true, _keyOf(fold.roster[i]));
        }
        _tryCommitments(taskId, fold, items, seed);
        _as(RELAYER);
        try market.commitFolded(taskId, fold, items) {}
        catch {
            revert("rule 2: commitments of a fold were refused");
        }
        for (uint256 i = 0; i < items.length; ++i) {
            _committed(taskId, fold.roster[i], _result(taskId, _kind(fold.roster[i]) != Kind.Liars));
        }
    }

    /// @param own Whether for the result that the provider has found.
    function _sealed(bytes32 taskId, uint32 provider, bool own, uint256 key)
        private
        view
        returns (SealedCommitment memory)
    {
        bytes32 result = _result(taskId, own == (_kind(provider) != Kind.Liars));
        SignedCommitment memory item =
            _signedCommitment(taskId, provider, 1, _commitmentOf(taskId, provider, result), key);
        return SealedCommitment(item.commitment, item.r, item.vs);
    }

    /// @return Whether the model, and the market, settled it.
    function _settleFolded(bytes32 taskId, uint256 seed) private returns (bool) {
        bytes4 refusal = _agreementRefusal(taskId);
        Fold memory fold = _foldOf(taskId);
        Agreement memory item = _agreementOf(taskId);
        if (refusal == 0) _trySpoiled(taskId, fold, seed);
        _as(RELAYER);
        try market.settleFolded(_bodies[taskId], fold, item.opening, item.salts) {
            if (refusal != 0) revert("rule 3: settled without an agreement");
        } catch (bytes memory reason) {
            _checkRefusal(reason, refusal);
            return false;
        }
        _endAgreed(taskId);
        return true;
    }

    // --- what must be refused ---

    /// @dev Calls of seats and others, which need the task unfolded.
    function _tryAsIfOpen(bytes32 taskId, uint256 seed) private {
        uint32[] memory roster = _rosters[taskId];
        if (market.getSeat(taskId, roster[0]).status != SeatStatus.None) revert("rule 3: a folded seat has a word");
        uint256 what = seed % 7;
        bytes memory call;
        if (what == 0) call = abi.encodeCall(market.commit, (taskId, keccak256("commitment")));
        else if (what == 1) call = abi.encodeCall(market.abstain, (taskId, 1));
        else if (what == 2) call = abi.encodeCall(market.decline, (_bodies[taskId]));
        else if (what == 3) call = abi.encodeCall(market.settle, (_bodies[taskId], roster, _open(taskId, true)));
        else if (what == 4) call = abi.encodeCall(market.expire, (_bodies[taskId], roster));
        else if (what == 5) call = abi.encodeCall(market.escalate, (_bodies[taskId]));
        else call = abi.encodeCall(market.getTask, (taskId));
        _as(_members[roster[0]].operator);
        (bool succeeded, bytes memory reason) = address(market).call(call);
        if (succeeded) revert("rule 3: a folded task took an ordinary call");
        bytes memory named = abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Folded);
        if (keccak256(reason) != keccak256(named)) revert("rule 2: a folded task refused by another error");
    }

    /// @dev A fold with one word changed, or one seat fewer.
    function _tryAnother(bytes32 taskId, uint256 seed) private {
        Fold memory fold = _foldOf(taskId);
        uint256 bit = (seed >> 8) % 256;
        uint256 i = (seed >> 16) % fold.roster.length;
        uint256 what = seed % 6;
        if (what == 0) fold.task ^= 1 << bit;
        else if (what == 1) fold.terms ^= 1 << bit;
        else if (what == 2) fold.seats[i] ^= 1 << bit;
        else if (what == 3) fold.roster[i] ^= uint32(1 << (bit % 32));
        else if (what == 4) fold.seats = new uint256[](fold.seats.length - 1);
        else fold.roster = new uint32[](fold.roster.length - 1);
        _tryUnfold(taskId, fold);
        _as(STRANGER);
        try market.commitFolded(taskId, fold, new SealedCommitment[](fold.roster.length)) {
            revert("rule 3: another fold was taken");
        } catch (bytes memory reason) {
            _checkMismatch(reason);
        }
        Agreement memory item = _agreementOf(taskId);
        _as(STRANGER);
        try market.settleFolded(_bodies[taskId], fold, item.opening, item.salts) {
            revert("rule 3: another fold was taken");
        } catch (bytes memory reason) {
            _checkMismatch(reason);
        }
    }

    /// @dev Of a fold that is no more, or never was.
    function _tryUnfold(bytes32 taskId, Fold memory fold) private {
        _as(STRANGER);
        try market.unfold(taskId, fold) {
            revert("rule 3: another fold was taken");
        } catch (bytes memory reason) {
            _checkMismatch(reason);
        }
    }

    function _checkMismatch(bytes memory reason) private pure {
        if (bytes4(reason) != FoldMismatch.selector) revert("rule 2: a fold was refused by another error");
    }

    /// @dev Commitments of which one is another's, or nothing, or missing.
    function _tryCommitments(bytes32 taskId, Fold memory fold, SealedCommitment[] memory good, uint256 seed) private {
        SealedCommitment[] memory items = abi.decode(abi.encode(good), (SealedCommitment[]));
        uint256 i = (seed >> 8) % items.length;
        uint32 provider = fold.roster[i];
        bytes4 refusal = InvalidSignature.selector;
        if (seed % 4 == 0) (items[i].commitment, refusal) = (0, EmptyCommitment.selector);
        else if (seed % 4 == 1) (items, refusal) = (new SealedCommitment[](i), RosterIncomplete.selector);
        else items[i] = _sealed(taskId, provider, false, _operatorKey(provider, !_members[provider].rotated));
        _as(RELAYER);
        try market.commitFolded(taskId, fold, items) {
            revert("rule 3: a commitment that its provider has not signed");
        } catch (bytes memory reason) {
            if (bytes4(reason) != refusal) revert("rule 2: commitFolded refused by another error");
        }
    }

    function _trySpoiled(bytes32 taskId, Fold memory fold, uint256 seed) private {
        Agreement memory item = _agreementOf(taskId);
        bytes4 refusal = _spoiled(taskId, item, seed);
        _as(STRANGER);
        try market.settleFolded(_bodies[taskId], fold, item.opening, item.salts) {
            revert("rule 3: settled without every seat's word");
        } catch (bytes memory reason) {
            _checkRefusal(reason, refusal);
        }
    }
}
