// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {COMMITMENT_TYPEHASH, SignedCommitment} from "../../contracts/types/Fold.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Keys} from "../contracts/support/Wallets.sol";
import {Member} from "./Ledger.sol";
import {Model} from "./Model.sol";
import {PanelModel} from "./PanelModel.sol";
import {World} from "./World.sol";

/// @notice The panel that an id stands for.
struct PanelOf {
    bytes32 taskId;
    uint8 index;
    uint8 level;
}

/// @title Seats
/// @notice Rounds of tasks and panels by the model: phases, seats and votes. Both are votes under an id.
abstract contract Seats is World {
    mapping(bytes32 id => Task) internal _votes;
    mapping(bytes32 id => mapping(uint32 provider => Seat)) internal _seats;
    /// @dev Providers with a seat that counts, by ascending id.
    mapping(bytes32 id => uint32[]) internal _rosters;
    mapping(bytes32 id => mapping(uint32 provider => bytes32)) internal _voted;
    /// @dev Open panels, and what each is about; the latter stays.
    bytes32[] internal _panels;
    mapping(bytes32 id => PanelOf) internal _panelOf;

    // --- readings ---

    function _isPanel(bytes32 id) internal view returns (bool) {
        return _panelOf[id].level != 0;
    }

    /// @dev The task that an id is, or that its panel judges.
    function _taskOf(bytes32 id) internal view returns (bytes32) {
        return _isPanel(id) ? _panelOf[id].taskId : id;
    }

    function _bodyOf(bytes32 id) internal view returns (Request storage) {
        return _bodies[_taskOf(id)];
    }

    function _rosterOf(bytes32 id) internal view returns (uint32[] memory roster, Seat[] memory seats) {
        roster = _rosters[id];
        seats = new Seat[](roster.length);
        for (uint256 i = 0; i < roster.length; ++i) {
            seats[i] = _seats[id][roster[i]];
        }
    }

    function _claimsFrom(bytes32 id) internal view returns (uint256) {
        uint256 openedAt = _votes[id].openedAt;
        return _isPanel(id) ? openedAt : openedAt + _bodies[id].allocatorWindow;
    }

    function _claimsUntil(bytes32 id) internal view returns (uint256) {
        return _claimsFrom(id) + _bodyOf(id).claimWindow;
    }

    function _claimable(bytes32 id) internal view returns (bool) {
        Task storage vote = _votes[id];
        if (vote.status != TaskStatus.Open || vote.wanted == 0) return false;
        return block.timestamp >= _claimsFrom(id) && block.timestamp <= _claimsUntil(id);
    }

    function _commitsUntil(bytes32 id) internal view returns (uint256) {
        return uint256(_votes[id].phaseAt) + _votes[id].commitWindow;
    }

    function _committable(bytes32 id) internal view returns (bool) {
        return _votes[id].status == TaskStatus.Executing && block.timestamp <= _commitsUntil(id);
    }

    /// @dev When reveals of the round opened; zero while commits are possible or seats are missing.
    function _revealsFrom(bytes32 id) internal view returns (uint256) {
        TaskStatus status = _votes[id].status;
        if (status == TaskStatus.Revealing) return _votes[id].phaseAt;
        return status == TaskStatus.Executing && block.timestamp > _commitsUntil(id) ? _commitsUntil(id) : 0;
    }

    function _revealable(bytes32 id) internal view returns (bool) {
        uint256 from = _revealsFrom(id);
        Task storage vote = _votes[id];
        return from != 0 && block.timestamp <= from + vote.revealWindow && vote.revealed < vote.committed;
    }

    /// @dev Whether what has won may be opened.
    function _countable(bytes32 id) internal view returns (bool) {
        uint256 from = _revealsFrom(id);
        if (from == 0 || _bodyOf(id).policy != address(0)) return false;
        Task storage vote = _votes[id];
        return vote.revealed == vote.committed || block.timestamp > from + vote.revealWindow;
    }

    /// @dev Whether nobody has opened what has won in time.
    function _failed(bytes32 id) internal view returns (bool) {
        uint256 from = _revealsFrom(id);
        if (from == 0 || _bodyOf(id).policy != address(0)) return false;
        Task storage vote = _votes[id];
        return vote.committed == 0 || block.timestamp > from + vote.revealWindow + _terms(_taskOf(id)).settleWindow;
    }

    function _seedLost(bytes32 id) internal view returns (bool) {
        Task storage vote = _votes[id];
        return vote.status == TaskStatus.Open && !vote.reseeded && block.timestamp <= _claimsUntil(id)
            && randomness.lost(vote.seedBlock);
    }

    // --- the draw ---

    /// @dev Whether the provider may take a seat now: free stake, the draw, and nothing that it held before.
    function _mayClaim(bytes32 id, uint32 provider) internal view returns (bool) {
        return _claimable(id) && _mayTake(id, provider, _drawOf(id));
    }

    function _mayTake(bytes32 id, uint32 provider, Model.Draw memory draw) internal view returns (bool) {
        if (!_isFresh(id, provider) || !_canLock(id, provider)) return false;
        draw.stake = _stakeBefore(_members[provider], _votes[id].postedAt) / 1e15;
        return Model.drawn(draw, id, _votes[id].round, provider);
    }

    /// @dev What all who could take a seat of the round share.
    function _drawOf(bytes32 id) internal view returns (Model.Draw memory draw) {
        Task storage vote = _votes[id];
        draw.seed = randomness.seed(vote.seedBlock);
        draw.elapsed = block.timestamp - _claimsFrom(id);
        draw.window = _bodyOf(id).claimWindow;
        (draw.seats, draw.total) = (vote.wanted, vote.totalStake);
    }

    function _canLock(bytes32 id, uint32 provider) internal view returns (bool) {
        Member storage member = _members[provider];
        return !member.leaving && !member.dormant && member.active - member.locked >= _bodyOf(id).lock;
    }

    function _isFresh(bytes32 id, uint32 provider) internal view returns (bool) {
        if (_seats[id][provider].status != SeatStatus.None) return false;
        if (!_isPanel(id)) return true;
        PanelOf memory panel = _panelOf[id];
        if (_seats[panel.taskId][provider].status != SeatStatus.None) return false;
        return panel.level == 1
            || _seats[PanelModel.panelId(panel.taskId, panel.index, 1)][provider].status == SeatStatus.None;
    }

    // --- moves ---

    /// @dev A round opens: of a task that was posted, or of a panel.
    function _openVote(bytes32 id, uint8 wanted, uint16 version) internal {
        Task storage vote = _votes[id];
        Request storage request = _bodyOf(id);
        vote.status = TaskStatus.Open;
        vote.round = 1;
        vote.wanted = wanted;
        vote.parameters = version;
        vote.postedAt = uint32(block.timestamp);
        vote.openedAt = vote.postedAt;
        vote.phaseAt = vote.postedAt;
        vote.commitWindow = request.commitWindow;
        vote.revealWindow = request.revealWindow;
        vote.seedBlock = uint32(block.number + 1);
        uint256 total;
        for (uint32 provider = 1; provider <= _memberCount; ++provider) {
            total += _members[provider].active;
        }
        vote.totalStake = uint64((total + 1e15 - 1) / 1e15);
    }

    /// @dev The seat that a claim or an assignment must have given.
    function _seated(bytes32 id, uint32 provider, bool early, uint40 fraction) internal {
        _take(id, provider, early, fraction);
        if (_differs(id, provider)) revert("rule 3: a seat is not as it was won");
    }

    /// @dev The same of a fold, whose seats the market does not show.
    function _take(bytes32 id, uint32 provider, bool early, uint40 fraction) internal {
        Task storage vote = _votes[id];
        Seat storage seat = _seats[id][provider];
        seat.status = SeatStatus.Taken;
        seat.round = vote.round;
        seat.trust = _members[provider].trust;
        seat.early = early;
        seat.priceFraction = fraction;
        _enlist(_rosters[id], provider);
        _members[provider].locked += _bodyOf(id).lock;
        ++_members[provider].liveSeats;
        ++vote.seats;
        if (++vote.taken != vote.wanted) return;
        (vote.status, vote.phaseAt) = (TaskStatus.Executing, uint32(block.timestamp));
    }

    function _enlist(uint32[] storage roster, uint32 provider) private {
        roster.push(provider);
        for (uint256 i = roster.length - 1; i > 0 && roster[i - 1] > provider; --i) {
            (roster[i - 1], roster[i]) = (roster[i], roster[i - 1]);
        }
    }

    function _strike(bytes32 id, uint32 provider) internal {
        uint32[] storage roster = _rosters[id];
        uint256 i;
        while (roster[i] != provider) ++i;
        for (; i + 1 < roster.length; ++i) {
            roster[i] = roster[i + 1];
        }
        roster.pop();
    }

    function _commitmentOf(bytes32 id, uint32 provider, bytes32 result) internal view returns (bytes32) {
        uint256 round = _seats[id][provider].round;
        return Model.commitment(id, round, provider, Model.tag(id, round, result), _salt(id, provider));
    }

    /// @dev Commits to the result; the reveal will be known.
    function _commitTo(bytes32 id, uint32 provider, bytes32 result) internal {
        bytes32 commitment = _commitmentOf(id, provider, result);
        if (uint256(commitment) % 4 == 0) {
            _bringCommitment(id, provider, commitment);
        } else {
            _as(_members[provider].operator);
            market.commit(id, commitment);
        }
        _committed(id, provider, result);
    }

    function _committed(bytes32 id, uint32 provider, bytes32 result) internal {
        _voted[id][provider] = result;
        Seat storage seat = _seats[id][provider];
        (seat.status, seat.value) = (SeatStatus.Committed, bytes24(_commitmentOf(id, provider, result)));
        ++_votes[id].committed;
        _closeRound(id);
    }

    /// @dev Signed by the operator and brought by a relayer, with a bad one before it.
    function _bringCommitment(bytes32 id, uint32 provider, bytes32 commitment) private {
        SignedCommitment[] memory items = new SignedCommitment[](2);
        items[1] = _signedCommitment(id, provider, _votes[id].round, commitment, _keyOf(provider));
        items[0] = SignedCommitment(id, provider, ~commitment, items[1].r, items[1].vs);
        _as(RELAYER);
        try market.commitSigned(items) {}
        catch {
            revert("rule 8: a bad commitment reverted the batch");
        }
        if (market.getSeat(id, provider).value != bytes24(commitment)) {
            revert("rule 3: another commitment than its provider signed");
        }
    }

    function _signedCommitment(bytes32 id, uint32 provider, uint8 round, bytes32 commitment, uint256 key)
        internal
        view
        returns (SignedCommitment memory item)
    {
        bytes32 structHash = keccak256(abi.encode(COMMITMENT_TYPEHASH, id, round, commitment));
        (item.taskId, item.provider, item.commitment) = (id, provider, commitment);
        (item.r, item.vs) = Keys.signShort(key, _signedDigest(structHash));
    }

    function _abstainFrom(bytes32 id, uint32 provider, uint8 reason) internal {
        _as(_members[provider].operator);
        market.abstain(id, reason);
        (_seats[id][provider].status, _seats[id][provider].value) = (SeatStatus.Abstained, bytes24(uint192(reason)));
        Task storage vote = _votes[id];
        ++vote.abstained;
        vote.reasons = Model.countReason(vote.reasons, reason);
        _closeRound(id);
    }

    /// @dev The last vote of a full round opens its reveals.
    function _closeRound(bytes32 id) private {
        Task storage vote = _votes[id];
        if (vote.committed + vote.abstained != vote.wanted) return;
        (vote.status, vote.phaseAt) = (TaskStatus.Revealing, uint32(block.timestamp));
    }

    function _revealed(bytes32 id, uint32 provider) internal {
        Task storage vote = _votes[id];
        if (vote.status == TaskStatus.Executing) {
            (vote.phaseAt, vote.status) = (uint32(_commitsUntil(id)), TaskStatus.Revealing);
        }
        ++vote.revealed;
        Seat storage seat = _seats[id][provider];
        seat.status = SeatStatus.Revealed;
        seat.value = bytes24(Model.tag(id, seat.round, _voted[id][provider]));
    }

    function _reopened(bytes32 id) internal {
        Task storage vote = _votes[id];
        vote.reseeded = true;
        vote.openedAt = uint32(block.timestamp);
        vote.seedBlock = uint32(block.number + 1);
    }

    // --- comparisons ---

    function _differs(bytes32 id, uint32 provider) internal view returns (bool) {
        return keccak256(abi.encode(market.getSeat(id, provider))) != keccak256(abi.encode(_seats[id][provider]));
    }

    /// @dev Rules 2 and 3: the round and its seats are where their moves left them.
    function _compareVote(bytes32 id) internal view {
        if (keccak256(abi.encode(market.getTask(id))) != keccak256(abi.encode(_votes[id]))) {
            revert("rule 2: a round is in another state than its moves made");
        }
        uint32[] storage roster = _rosters[id];
        for (uint256 i = 0; i < roster.length; ++i) {
            if (_differs(id, roster[i])) revert("rule 3: a seat is not as its provider left it");
        }
    }
}
