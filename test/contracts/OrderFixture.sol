// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HoldLib, ReserveWord} from "../../contracts/types/Hold.sol";
import {Order} from "../../contracts/types/Order.sol";
import {ProvenFixture} from "./ProvenFixture.sol";
import {Orders} from "./support/Orders.sol";

/// @title OrderFixture
/// @notice Orders that a provider holds while it proves: the first provider has a reserve, the second may rescue.
abstract contract OrderFixture is ProvenFixture {
    using HoldLib for uint256;

    /// @dev What the market keeps of those concerned. Money in the request's token, but for what is said to be DECO.
    struct Books {
        uint256 requester;
        uint256 stranger;
        uint256 treasury;
        uint256 first;
        uint256 second;
        /// DECO of the requester, and what the second provider earned of it.
        uint256 deco;
        uint256 bounty;
        /// The first provider's stake.
        uint256 active;
        uint256 locked;
        uint256 seats;
        uint256 totalStake;
        uint256 burn;
        /// Digest of all that nothing here moves.
        uint256 rest;
    }

    uint8 internal constant INDEX = 3;
    uint96 internal constant RESERVE = 150 ether;
    uint32 internal constant COMMIT = 600;
    uint32 internal constant RESCUE = 300;
    /// @dev Price and protocol fee.
    uint256 internal constant COST = 1_020_000;
    /// @dev A tenth of the lock.
    uint256 internal constant NO_SHOW = 10 ether;

    uint256 internal hold;

    function setUp() public virtual override {
        super.setUp();
        _reserve(ids[0], INDEX, RESERVE);
        _askHeld();
    }

    // --- steps ---

    /// @dev Makes the fixture's request an order that is to be held.
    function _askHeld() internal {
        _askOrder();
        (request.lock, request.commitWindow, request.revealWindow) = (LOCK, COMMIT, RESCUE);
        taskId = market.hashRequest(request);
    }

    /// @dev Again, with another nonce.
    function _askNext() internal {
        ++request.nonce;
        request.expiry = uint40(block.timestamp + 1 hours);
        taskId = market.hashRequest(request);
    }

    function _reserve(uint32 provider, uint8 index, uint96 amount) internal {
        _as(_operator(provider));
        market.openReserve(index, amount);
    }

    function _close(uint32 provider, uint8 index) internal {
        _as(_owner(provider));
        market.closeReserve(provider, index);
    }

    /// @dev By the first provider, in its reserve.
    function _hold() internal returns (uint256) {
        return _holdBy(ids[0], INDEX);
    }

    function _holdBy(uint32 provider, uint8 index) internal returns (uint256) {
        bytes memory signature = _signRequest(request);
        return _holdBy(provider, index, signature);
    }

    function _holdBy(uint32 provider, uint8 index, bytes memory signature) internal returns (uint256) {
        Order memory order = _order();
        _as(_operator(provider));
        (, hold) = market.holdOrder(order, signature, index);
        return hold;
    }

    /// @dev A proof that is made for one provider, brought by somebody.
    function _prove(address sender, uint32 provider) internal {
        _bring(sender, _proofOf(provider));
    }

    function _bring(address sender, bytes memory proof) internal {
        Order memory order = _order();
        _as(sender);
        market.proveHeld(order, hold, opened, proof);
    }

    function _rescue() internal {
        _prove(_operator(ids[1]), ids[1]);
    }

    function _drop() internal {
        Order memory order = _order();
        _as(STRANGER);
        market.dropOrder(order, hold);
    }

    function _order() internal view returns (Order memory) {
        return Orders.from(request);
    }

    // --- refusals ---

    function _refusesProof(address sender, uint32 provider, bytes memory reason) internal {
        bytes memory proof = _proofOf(provider);
        _refused(reason);
        _bring(sender, proof);
    }

    /// @dev Whatever is done with the order, it is not held, or not by this hold.
    function _notHeld() internal {
        bytes memory reason = abi.encodeWithSelector(OrderNotHeld.selector, taskId);
        _refusesProof(_operator(ids[0]), ids[0], reason);
        _refusesProof(_operator(ids[1]), ids[1], reason);
        _refused(reason);
        _drop();
    }

    // --- moments ---

    function _closesAt() internal view returns (uint256) {
        return hold.untilOf() + request.revealWindow;
    }

    // --- what is kept ---

    function _reserveIs(uint256 word) internal view {
        eq(market.reserveOf(ids[0], INDEX), word, "reserve");
    }

    function _reserveIsFree() internal view {
        _reserveIs(ReserveWord.free(RESERVE));
    }

    function _reserveIsUsed() internal view {
        _reserveIs(ReserveWord.used(taskId, hold));
    }

    function _books() internal view returns (Books memory books) {
        address asset = request.token;
        books.requester = market.balanceOf(asset, request.requester);
        books.stranger = market.balanceOf(asset, STRANGER);
        books.treasury = market.balanceOf(asset, TREASURY);
        books.first = market.earningsOf(asset, ids[0]);
        books.second = market.earningsOf(asset, ids[1]);
        books.deco = market.balanceOf(address(deco), request.requester);
        books.bounty = market.earningsOf(address(deco), ids[1]);
        books.active = _stake(ids[0]).active;
        books.locked = _work(ids[0]).locked;
        books.seats = _work(ids[0]).liveSeats;
        books.totalStake = market.totalStake();
        books.burn = market.pendingBurn();
        bytes32 rest = keccak256(abi.encode(_work(ids[1]), _stake(ids[1]), _work(ids[0]).trust, _work(ids[0]).debt));
        rest = keccak256(abi.encode(rest, market.balanceOf(asset, RELAYER), market.earningsOf(asset, ids[2])));
        books.rest = uint256(keccak256(abi.encode(rest, _balance(_operator(ids[0])), _balance(_operator(ids[1])))));
    }

    function _booksAre(Books memory expected) internal view {
        Books memory actual = _books();
        eq(actual.requester, expected.requester, "requester");
        eq(actual.stranger, expected.stranger, "stranger");
        eq(actual.treasury, expected.treasury, "treasury");
        eq(actual.first, expected.first, "first provider");
        eq(actual.second, expected.second, "second provider");
        eq(actual.deco, expected.deco, "requester's DECO");
        eq(actual.bounty, expected.bounty, "bounty");
        eq(actual.active, expected.active, "active stake");
        eq(actual.locked, expected.locked, "locked");
        eq(actual.seats, expected.seats, "seats");
        eq(actual.totalStake, expected.totalStake, "total stake");
        eq(actual.burn, expected.burn, "burn");
        eq(actual.rest, expected.rest, "all else");
    }

    /// @dev Takes the holder's loss, and its reserve, out of what is expected.
    function _lost(Books memory books, uint256 slashed, uint256 bounty) internal pure {
        books.active -= slashed;
        books.totalStake -= slashed;
        books.burn += slashed - bounty;
        books.bounty += bounty;
        _released(books);
    }

    function _released(Books memory books) internal pure {
        books.locked -= RESERVE;
        --books.seats;
    }

    /// @dev What the market has is what it owes, and what the orders that are held cost.
    function _solvent(uint256 heldTokens, uint256 heldDeco) internal view {
        eq(token.balanceOf(address(market)), _owed(address(token)) + heldTokens, "tokens");
        uint256 stakes = market.totalStake() + market.pendingBurn();
        for (uint256 i = 0; i < ids.length; ++i) {
            stakes += _identity(ids[i]).unbonding;
        }
        eq(deco.balanceOf(address(market)), _owed(address(deco)) + stakes + heldDeco, "DECO");
    }

    function _owed(address asset) private view returns (uint256 sum) {
        address[5] memory accounts = [holder, REQUESTER, RELAYER, STRANGER, TREASURY];
        for (uint256 i = 0; i < accounts.length; ++i) {
            sum += market.balanceOf(asset, accounts[i]);
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            sum += market.earningsOf(asset, ids[i]);
            sum += market.balanceOf(asset, _operator(ids[i])) + market.balanceOf(asset, _owner(ids[i]));
        }
        if (request.requester.code.length != 0) sum += market.balanceOf(asset, request.requester);
    }
}
