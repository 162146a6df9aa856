// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignaturePolicy} from "../../contracts/mocks/SignaturePolicy.sol";
import {Opening} from "../../contracts/types/Opening.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Orders as OrderOf} from "../contracts/support/Orders.sol";
import {Keys} from "../contracts/support/Wallets.sol";
import {Member} from "./Ledger.sol";
import {Orders} from "./Orders.sol";

/// @notice A held order as its moves must have left it.
struct Held {
    Request request;
    uint32 provider;
    uint8 index;
    /// DECO in the reserve.
    uint256 amount;
    uint256 until;
    /// What the requester was charged.
    uint256 cost;
    /// The word that the market gave out.
    uint256 hold;
    /// Of the version at the hold.
    uint16 feeBps;
    uint16 noShowBps;
    uint24 minIdentityStake;
}

/// @title Holds
/// @notice Who sets stake aside, holds orders, and proves, rescues and drops them.
abstract contract Holds is Orders {
    uint256 private constant MAX_HELD = 6;
    uint8 private constant INDICES = 2;

    bytes32[] private _heldOrders;
    mapping(bytes32 taskId => Held) private _holds;
    /// @dev Zero: there is none.
    mapping(uint32 provider => mapping(uint8 index => uint256 amount)) private _reserves;
    mapping(uint32 provider => mapping(uint8 index => bytes32 taskId)) private _usedBy;

    function hold(uint256 seed) external {
        _seldom(seed, 2);
        uint256 what = seed % 16;
        seed >>= 4;
        uint256 count = _heldOrders.length;
        if (count == MAX_HELD || (count != 0 && what < 8)) _goOnHeld(_heldOrders[seed % count], seed >> 8);
        else if (what < 14) _takeHold(seed);
        else _changeReserve(seed);
    }

    // --- reserves ---

    function _changeReserve(uint256 seed) private {
        (uint32 provider, uint8 index) = (uint32(seed % _memberCount) + 1, uint8((seed >> 8) % INDICES));
        Member storage member = _members[provider];
        if (_reserves[provider][index] == 0) {
            _openReserve(provider, index, seed >> 16);
            return;
        }
        _as((seed >> 16) % 2 == 0 ? member.operator : member.owner);
        try market.closeReserve(provider, index) {
            if (_usedBy[provider][index] != 0) revert("rule 4: a reserve was closed under its order");
            _forgetReserve(provider, index, 0, 0);
        } catch (bytes memory reason) {
            if (_usedBy[provider][index] == 0) revert("rule 2: a free reserve does not close");
            if (bytes4(reason) != ReserveNotFree.selector) revert("rule 2: refused by another error");
        }
    }

    function _openReserve(uint32 provider, uint8 index, uint256 seed) private {
        Member storage member = _members[provider];
        uint96 amount = uint96(80 ether + seed % 20 ether);
        if (member.leaving || member.dormant || member.active - member.locked < amount) _skip();
        _as(member.operator);
        market.openReserve(index, amount);
        member.locked += amount;
        ++member.liveSeats;
        _reserves[provider][index] = amount;
    }

    function _forgetReserve(uint32 provider, uint8 index, uint256 slashed, uint256 minimum) private {
        _unlockSeat(provider, _reserves[provider][index], slashed, minimum);
        delete _reserves[provider][index];
        delete _usedBy[provider][index];
    }

    // --- holding ---

    function _takeHold(uint256 seed) private {
        Request memory request = _randomOrder(seed);
        _prepay(request);
        request.lock = uint96(40 ether + (seed >> 144) % 41 ether);
        request.commitWindow = 30 + uint32((seed >> 160) % 170);
        request.revealWindow = uint32((seed >> 176) % 100);
        uint32 provider = uint32((seed >> 192) % _memberCount) + 1;
        uint8 index = uint8((seed >> 224) % INDICES);
        if (_reserves[provider][index] == 0) {
            _openReserve(provider, index, seed >> 232);
            return;
        }
        bool free = _usedBy[provider][index] == 0 && request.lock <= _reserves[provider][index] && !_isUsed(request);
        bytes32 taskId = market.hashRequest(request);
        bytes memory signature = _signOf(request, taskId);
        _as(_members[provider].operator);
        try market.holdOrder(OrderOf.from(request), signature, index) returns (bytes32, uint256 word) {
            if (!free) revert("rule 3: an order was held that could not be");
            _keepHold(taskId, request, provider, index, word);
        } catch {
            if (free) revert("rule 2: an order was not held that could be");
        }
    }

    function _keepHold(bytes32 taskId, Request memory request, uint32 provider, uint8 index, uint256 word) private {
        _useNonce(request);
        TaskParameters memory terms = parameters.taskParameters(parameters.version());
        Held storage held = _holds[taskId];
        held.request = request;
        (held.provider, held.index, held.amount) = (provider, index, _reserves[provider][index]);
        held.until = block.timestamp + request.commitWindow;
        (held.feeBps, held.noShowBps, held.minIdentityStake) =
        (terms.protocolFeeBps, terms.noShowBps, terms.minIdentityStake);
        held.cost = uint256(request.minPrice) + _share(request.minPrice, terms.protocolFeeBps)
            + _share(request.minPrice, request.programBps) + _share(request.minPrice, request.dataBps);
        held.hold = uint256(provider) + (uint256(index) * 2 ** 32) + (uint256(parameters.version()) * 2 ** 40)
            + (uint256(terms.protocolFeeBps) * 2 ** 56) + (held.until * 2 ** 72) + (held.amount * 2 ** 112);
        if (word != held.hold) revert("rule 6: a hold tells something else than it is");
        _balances[request.token][request.requester] -= held.cost;
        _entrusted[request.token] += held.cost;
        _compareBalance(request.token, request.requester, "rule 1: a hold charges another sum than its order costs");
        _usedBy[provider][index] = taskId;
        _heldOrders.push(taskId);
    }

    // --- what becomes of held orders ---

    function _goOnHeld(bytes32 taskId, uint256 seed) private {
        Held storage held = _holds[taskId];
        uint256 what = seed % 8;
        uint256 closesAt = held.until + held.request.revealWindow;
        uint32 other = held.provider % _memberCount + 1;
        if (parameters.policyParameters(held.request.policy).tombstoned) {
            bool inTime = block.timestamp <= held.until;
            if (what == 0 && inTime) _refuses(taskId, held.provider, held.provider, PolicyRemoved.selector);
            else _dropHeld(taskId, false);
        } else if (what == 0) {
            _refuseAltered(taskId, seed >> 8);
        } else if (block.timestamp <= held.until) {
            if (what == 1) _refuses(taskId, held.provider, other, ProofRefused.selector);
            else if (what == 2) _refuses(taskId, other, other, ProofRefused.selector);
            else if (what == 3) _refuseDrop(taskId, ProofWindowOpen.selector);
            else if (what < 6) _settleHeld(taskId, held.provider, seed >> 8);
            // Else it may come too late.
            else _skip();
        } else if (block.timestamp <= closesAt) {
            if (what == 1) _refuses(taskId, held.provider, held.provider, ProofWindowClosed.selector);
            else if (what == 2) _refuses(taskId, other, held.provider, ProofRefused.selector);
            else if (what == 3) _refuseDrop(taskId, ProofWindowOpen.selector);
            else _settleHeld(taskId, other, seed >> 8);
        } else {
            if (what == 1) _refuses(taskId, other, other, ProofWindowClosed.selector);
            else _dropHeld(taskId, true);
        }
    }

    /// @dev By the holder in its time, whoever brings the proof; else by a rescuer.
    function _settleHeld(bytes32 taskId, uint32 prover, uint256 seed) private {
        Held storage held = _holds[taskId];
        Request memory request = held.request;
        bool rescued = prover != held.provider;
        address sender = rescued || seed % 2 == 0 ? _members[prover].operator : STRANGER;
        try this.proveHeld(taskId, sender, prover) {}
        catch {
            revert("rule 2: a held order's proof was refused");
        }
        if (rescued) {
            uint256 slashed = _slashHolder(taskId);
            _earnings[address(deco)][prover] += slashed / 2;
            _burnable += slashed - slashed / 2;
        } else {
            delete _usedBy[held.provider][held.index];
        }
        _releaseTo(request.token, prover, request.minPrice);
        _release(request.token, _currentTreasury, _share(request.minPrice, held.feeBps));
        _release(request.token, request.programOwner, _share(request.minPrice, request.programBps));
        _release(request.token, request.dataOwner, _share(request.minPrice, request.dataBps));
        if (market.earningsOf(request.token, prover) != _earnings[request.token][prover]) {
            revert("rule 3: a held order does not pay its price");
        }
        if (market.earningsOf(address(deco), prover) != _earnings[address(deco)][prover]) {
            revert("rule 3: a rescue is not paid half the slash");
        }
        _compareBalance(request.token, _currentTreasury, "rule 6: a hold's protocol fee is not that of its beginning");
        _closeHeld(taskId);
    }

    /// @param late Whether the holder is to blame.
    function _dropHeld(bytes32 taskId, bool late) internal {
        Held storage held = _holds[taskId];
        _as(STRANGER);
        try market.dropOrder(OrderOf.from(held.request), held.hold) {}
        catch {
            revert("rule 2: a held order has no exit");
        }
        if (late) _burnable += _slashHolder(taskId);
        else delete _usedBy[held.provider][held.index];
        _release(held.request.token, held.request.requester, held.cost);
        _compareBalance(held.request.token, held.request.requester, "rule 1: a dropped order is not refunded");
        _closeHeld(taskId);
    }

    function _slashHolder(bytes32 taskId) private returns (uint256 slashed) {
        Held storage held = _holds[taskId];
        slashed = uint256(held.request.lock) * held.noShowBps / 10_000;
        _forgetReserve(held.provider, held.index, slashed, held.minIdentityStake);
    }

    /// @dev It has ended: nobody can end it again.
    function _closeHeld(bytes32 taskId) private {
        _refuses(taskId, _holds[taskId].provider, _holds[taskId].provider, OrderNotHeld.selector);
        _refuseDrop(taskId, OrderNotHeld.selector);
        _compareReserve(_holds[taskId].provider, _holds[taskId].index);
        _remove(_heldOrders, taskId);
        delete _holds[taskId];
    }

    // --- what must not succeed ---

    function _refuses(bytes32 taskId, uint32 prover, uint32 author, bytes4 expected) private {
        try this.proveHeld(taskId, _members[prover].operator, author) {
            revert("rule 3: a held order was proven out of turn");
        } catch (bytes memory reason) {
            if (bytes4(reason) != expected) revert("rule 3: a proof was refused by another error");
        }
    }

    function _refuseDrop(bytes32 taskId, bytes4 expected) private {
        Held storage held = _holds[taskId];
        _as(STRANGER);
        try market.dropOrder(OrderOf.from(held.request), held.hold) {
            revert("rule 3: a held order was dropped out of turn");
        } catch (bytes memory reason) {
            if (bytes4(reason) != expected) revert("rule 3: a drop was refused by another error");
        }
    }

    /// @dev One bit of the hold, or the order, is another.
    function _refuseAltered(bytes32 taskId, uint256 seed) private {
        Held storage held = _holds[taskId];
        Request memory request = held.request;
        uint256 word = held.hold;
        if (seed % 2 == 0) word ^= 1 << ((seed >> 8) % 256);
        else request.minPrice = request.maxPrice = request.minPrice + 1;
        _as(STRANGER);
        try market.dropOrder(OrderOf.from(request), word) {
            revert("rule 3: a hold was taken that nobody has");
        } catch (bytes memory reason) {
            if (bytes4(reason) != OrderNotHeld.selector) revert("rule 3: a hold was refused by another error");
        }
    }

    /// @dev By another frame, so that what it reverts with can be looked at; `author` made the proof.
    function proveHeld(bytes32 taskId, address sender, uint32 author) external {
        Held storage held = _holds[taskId];
        bool bag = held.request.volume > 1;
        Opening memory opening = Opening({digest: RIGHT, root: bag ? WRONG : bytes32(0), document: ""});
        bytes32 result = bag ? keccak256(abi.encode(WRONG, RIGHT)) : RIGHT;
        bytes memory proof = Keys.sign(PROOF_KEY, SignaturePolicy(held.request.policy).digestOf(taskId, author, result));
        _as(sender);
        market.proveHeld(OrderOf.from(held.request), held.hold, opening, proof);
    }

    // --- the whole state ---

    function _compareReserves() internal view {
        for (uint32 provider = 1; provider <= _memberCount; ++provider) {
            for (uint8 index = 0; index < INDICES; ++index) {
                _compareReserve(provider, index);
            }
        }
    }

    function _compareReserve(uint32 provider, uint8 index) private view {
        bytes32 taskId = _usedBy[provider][index];
        uint256 expected = _reserves[provider][index];
        if (expected != 0) expected = expected * 256 + 1;
        if (taskId != 0) {
            expected = uint256(keccak256(abi.encode(taskId, _holds[taskId].hold)));
            expected = expected - expected % 256 + 2;
        }
        if (market.reserveOf(provider, index) != expected) revert("rule 4: a reserve is not what its moves made");
    }

    /// @dev Rule 2: what is held is dropped, and what was set aside is free again.
    function _drainHolds() internal {
        while (_heldOrders.length != 0) {
            Held storage held = _holds[_heldOrders[0]];
            bool gone = parameters.policyParameters(held.request.policy).tombstoned;
            uint256 closesAt = held.until + held.request.revealWindow;
            if (!gone && block.timestamp <= closesAt) _later(closesAt - block.timestamp + 1);
            _dropHeld(_heldOrders[0], !gone);
        }
        for (uint32 provider = 1; provider <= _memberCount; ++provider) {
            for (uint8 index = 0; index < INDICES; ++index) {
                if (_reserves[provider][index] == 0) continue;
                _as(_members[provider].owner);
                market.closeReserve(provider, index);
                _forgetReserve(provider, index, 0, 0);
            }
        }
    }
}
