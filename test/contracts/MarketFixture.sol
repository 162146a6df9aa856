// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DecoParameters} from "../../contracts/governance/DecoParameters.sol";
import {DecoToken} from "../../contracts/governance/DecoToken.sol";
import {IDecoErrors} from "../../contracts/interfaces/IDecoErrors.sol";
import {IDecoMarket} from "../../contracts/interfaces/IDecoMarket.sol";
import {IRandomness} from "../../contracts/interfaces/IRandomness.sol";
import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {LocalRandomness} from "../../contracts/randomness/LocalRandomness.sol";
import {Opening, OpeningLib, Reveal} from "../../contracts/types/Opening.sol";
import {TokenParameters} from "../../contracts/types/Parameters.sol";
import {ProviderIdentity, ProviderStake, ProviderWork, ProviderWords} from "../../contracts/types/Provider.sol";
import {BODY_TYPEHASH, BODY_WORDS, Request, SeatTerms} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {EndReason, Outcome, Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Asserts} from "./support/Asserts.sol";
import {Defaults} from "./support/Defaults.sol";
import {Deployments} from "./support/Deployments.sol";
import {VM} from "./support/Vm.sol";

/// @title MarketFixture
/// @notice A deployed market with funded people, and the steps of a task's life.
abstract contract MarketFixture is Asserts, Deployments, IDecoErrors {
    using ProviderWords for uint256;

    address internal constant REQUESTER = address(0x4e9);
    address internal constant RELAYER = address(0x4e1a);
    address internal constant STRANGER = address(0x57a);
    address internal constant TREASURY = address(0x7ea);

    uint256 internal constant START = 1_800_000_000;
    uint96 internal constant STAKE = 5_000 ether;
    uint96 internal constant LOCK = 100 ether;
    uint256 internal constant FUNDS = 1_000_000 ether;
    bytes32 internal constant RIGHT = keccak256("the right result");
    bytes32 internal constant WRONG = keccak256("a wrong result");
    /// @dev `mapping(uint32 => uint256) _works` of the market; checked by every use.
    uint256 private constant WORKS_SLOT = 4;

    DecoToken internal deco;
    TestToken internal token;
    DecoParameters internal parameters;
    LocalRandomness internal randomness;
    IDecoMarket internal market;
    uint256 private _nonce;

    function setUp() public virtual {
        VM.warp(START);
        VM.roll(1_000);
        deco = _deployDeco();
        token = _deployDollar();
        parameters = _deployParameters(TREASURY);
        parameters.setToken(address(token), TokenParameters({listed: true, lockRate: 1e29, minSettlementFee: 10_000}));
        parameters.setToken(address(deco), TokenParameters({listed: true, lockRate: 1e18, minSettlementFee: 1e15}));
        randomness = _deployRandomness();
        market = _deployMarket(deco, parameters, randomness);
        _fund(REQUESTER);
    }

    // --- people ---

    function _fund(address account) internal {
        require(deco.transfer(account, FUNDS), "funds");
        token.mint(account, FUNDS);
        VM.startPrank(account);
        deco.approve(address(market), type(uint256).max);
        token.approve(address(market), type(uint256).max);
        VM.stopPrank();
    }

    function _owner(uint32 provider) internal pure returns (address) {
        return address(uint160(0x100000 + provider));
    }

    function _operator(uint32 provider) internal pure virtual returns (address) {
        return address(uint160(0x200000 + provider));
    }

    /// @dev Registers the next provider.
    function _provider(uint96 stake) internal returns (uint32 provider) {
        provider = market.providerCount() + 1;
        _fund(_owner(provider));
        VM.prank(_owner(provider));
        uint32 given = market.register(_operator(provider), keccak256("metadata"), "/ip4/127.0.0.1", stake);
        eq(given, provider, "provider id");
    }

    /// @dev Registers providers and lets their stake age.
    function _providers(uint256 count) internal returns (uint32[] memory ids) {
        ids = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = _provider(STAKE);
        }
        _later(10);
    }

    function _setTrust(uint32 provider, uint8 trust) internal {
        bytes32 slot = keccak256(abi.encode(provider, WORKS_SLOT));
        uint256 word = uint256(VM.load(address(market), slot));
        word = word.withTrust(trust, word.debtOf(), word.raisedEpochOf());
        VM.store(address(market), slot, bytes32(word));
        eq(_work(provider).trust, trust, "storage slot of the works");
    }

    function _work(uint32 provider) internal view returns (ProviderWork memory work) {
        (, work,) = market.getProvider(provider);
    }

    function _stake(uint32 provider) internal view returns (ProviderStake memory stake) {
        (stake,,) = market.getProvider(provider);
    }

    function _identity(uint32 provider) internal view returns (ProviderIdentity memory identity) {
        (,, identity) = market.getProvider(provider);
    }

    // --- time ---

    /// @dev Seconds pass, and blocks with them: two at least, after which the seed of a round is known.
    function _later(uint256 seconds_) internal {
        VM.warp(block.timestamp + seconds_);
        VM.roll(block.number + 2 + seconds_ / 12);
    }

    // --- requests ---

    function _request() internal returns (Request memory request) {
        request.requester = REQUESTER;
        request.nonce = ++_nonce;
        request.expiry = uint40(block.timestamp + 1 hours);
        request.program = keccak256("program");
        request.input = keccak256("input");
        request.volume = 1;
        request.token = address(token);
        request.minPrice = 1_000_000;
        request.maxPrice = 4_000_000;
        request.rampSeconds = 600;
        request.settlementFee = 50_000;
        request.lock = LOCK;
        request.dissentBps = 10_000;
        request.replicas = 3;
        request.maxReplicas = 6;
        request.thresholdBps = 6_000;
        request.minAgreeing = 2;
        request.minTrust = 10;
        request.claimWindow = 300;
        request.commitWindow = 600;
        request.revealWindow = 300;
    }

    /// @dev EIP-712 hash of the first 31 words.
    function _bodyHash(Request memory request) internal pure returns (bytes32) {
        bytes memory words = abi.encode(request);
        uint256 size = BODY_WORDS * 32;
        assembly ("memory-safe") {
            mstore(words, size)
        }
        return keccak256(bytes.concat(BODY_TYPEHASH, words));
    }

    function _seatTerms(Request memory request) internal pure returns (SeatTerms memory) {
        return SeatTerms({
            lock: request.lock,
            minTrust: request.minTrust,
            claimWindow: request.claimWindow,
            rampSeconds: request.rampSeconds,
            allocator: request.allocator,
            allocatorWindow: request.allocatorWindow
        });
    }

    function _escrow(Request memory request) internal pure returns (uint256) {
        uint256 prices = uint256(request.maxReplicas == 0 ? 1 : request.maxReplicas) * request.maxPrice;
        uint256 rounds =
            request.replicas == 0 ? 1 : (uint256(request.maxReplicas) + request.replicas - 1) / request.replicas;
        uint256 bps = uint256(Defaults.task().protocolFeeBps) + request.programBps + request.dataBps;
        uint256 fee = (prices * bps + 9_999) / 10_000;
        return prices + fee + (rounds + 2) * request.settlementFee;
    }

    function _postAllocated(Request memory request, address allocator, uint32 window)
        internal
        returns (bytes32 taskId)
    {
        (request.allocator, request.allocatorWindow) = (allocator, window);
        taskId = _post(request);
    }

    function _post(Request memory request) internal returns (bytes32 taskId) {
        VM.prank(request.requester);
        taskId = market.post(request);
        _later(1);
    }

    // --- a round ---

    /// @dev Moves to the moment of the claim window at which everybody is drawn (6 equal providers or fewer, 3 seats) and
    /// seats still raise trust.
    function _drawAll(Request memory request, bytes32 taskId) internal {
        uint256 moment = uint256(market.getTask(taskId).openedAt) + request.claimWindow / 3;
        if (block.timestamp < moment) _later(moment - block.timestamp);
    }

    /// @dev Chooses the task's seed so that a provider of little chance is drawn, as soon as anybody can be.
    function _luck(bytes32 taskId, uint32 provider) internal {
        Task memory task = market.getTask(taskId);
        uint256 guess;
        while (uint256(Sortition.ticket(bytes32(++guess), taskId, task.round, provider)) >> 248 != 0) {}
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.seed, (task.seedBlock)), abi.encode(bytes32(guess)));
    }

    function _claim(Request memory request, uint32 provider) internal {
        VM.prank(_operator(provider));
        market.claim(_seatTerms(request), _bodyHash(request), provider);
    }

    function _fill(Request memory request, bytes32 taskId, uint32[] memory ids) internal {
        _drawAll(request, taskId);
        for (uint256 i = 0; i < ids.length; ++i) {
            _claim(request, ids[i]);
        }
    }

    function _salt(bytes32 taskId, uint32 provider) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", taskId, provider));
    }

    function _reveal(bytes32 taskId, uint32 provider, bytes32 result) internal view returns (Reveal memory reveal) {
        uint256 round = market.getSeat(taskId, provider).round;
        reveal.taskId = taskId;
        reveal.provider = provider;
        reveal.tag = OpeningLib.tag(taskId, round, result);
        reveal.salt = _salt(taskId, provider);
    }

    function _commitment(bytes32 taskId, uint32 provider, bytes32 result) internal view returns (bytes32) {
        uint256 round = market.getSeat(taskId, provider).round;
        Reveal memory reveal = _reveal(taskId, provider, result);
        return OpeningLib.commitment(taskId, round, provider, reveal.tag, reveal.salt);
    }

    function _commit(bytes32 taskId, uint32 provider, bytes32 result) internal {
        bytes32 commitment = _commitment(taskId, provider, result);
        VM.prank(_operator(provider));
        market.commit(taskId, commitment);
    }

    function _abstain(bytes32 taskId, uint32 provider, uint8 reason) internal {
        VM.prank(_operator(provider));
        market.abstain(taskId, reason);
    }

    function _revealOne(bytes32 taskId, uint32 provider, bytes32 result) internal {
        Reveal[] memory reveals = new Reveal[](1);
        reveals[0] = _reveal(taskId, provider, result);
        VM.prank(RELAYER);
        market.reveal(reveals);
    }

    /// @dev Fills the round, then each commits to its result and reveals it.
    function _vote(Request memory request, bytes32 taskId, uint32[] memory ids, bytes32[] memory results) internal {
        _fill(request, taskId, ids);
        _commitAndReveal(taskId, ids, results);
    }

    function _commitAndReveal(bytes32 taskId, uint32[] memory ids, bytes32[] memory results) internal {
        _later(10);
        for (uint256 i = 0; i < ids.length; ++i) {
            _commit(taskId, ids[i], results[i]);
        }
        _later(5);
        Reveal[] memory reveals = new Reveal[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            reveals[i] = _reveal(taskId, ids[i], results[i]);
        }
        VM.prank(RELAYER);
        market.reveal(reveals);
    }

    // --- ends ---

    function _opening(bytes32 result) internal pure returns (Opening memory opening) {
        opening.digest = result;
    }

    function _settle(Request memory request, uint32[] memory roster, bytes32 result) internal {
        VM.prank(RELAYER);
        market.settle(request, roster, _opening(result));
    }

    function _expire(Request memory request, uint32[] memory roster) internal {
        VM.prank(RELAYER);
        market.expire(request, roster);
    }

    /// @dev Waits until the vote of the running round may be declared failed.
    function _voteFails(Request memory request) internal {
        _later(uint256(request.revealWindow) + Defaults.task().settleWindow + 1);
    }

    function _escalate(Request memory request) internal {
        VM.prank(RELAYER);
        market.escalate(request);
        _later(1);
    }

    /// @dev A whole task on which all agree.
    function _agree(uint32[] memory ids) internal returns (Request memory request, bytes32 taskId) {
        request = _request();
        taskId = _post(request);
        _vote(request, taskId, ids, _same(ids.length, RIGHT));
        _settle(request, ids, RIGHT);
    }

    // --- small things ---

    function _status(bytes32 taskId) internal view returns (TaskStatus) {
        return market.getOutcome(taskId).status;
    }

    function _isEnded(bytes32 taskId, EndReason reason) internal view {
        Outcome memory outcome = market.getOutcome(taskId);
        eq(uint256(outcome.status), uint256(TaskStatus.Ended), "status");
        eq(uint256(outcome.reason), uint256(reason), "reason");
    }

    function _seatIs(bytes32 taskId, uint32 provider, SeatStatus status) internal view {
        Seat memory seat = market.getSeat(taskId, provider);
        eq(uint256(seat.status), uint256(status), "seat status");
    }

    function _price(Request memory request, bytes32 taskId, uint32 provider) internal view returns (uint256) {
        uint256 fraction = market.getSeat(taskId, provider).priceFraction;
        return request.minPrice + (uint256(request.maxPrice - request.minPrice) * fraction) / (2 ** 40 - 1);
    }

    function _earned(uint32 provider) internal view returns (uint256) {
        return market.earningsOf(address(token), provider);
    }

    function _balance(address account) internal view returns (uint256) {
        return market.balanceOf(address(token), account);
    }

    function _same(uint256 count, bytes32 result) internal pure returns (bytes32[] memory results) {
        results = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            results[i] = result;
        }
    }

    function _results(bytes32 a, bytes32 b, bytes32 c) internal pure returns (bytes32[] memory results) {
        results = new bytes32[](3);
        (results[0], results[1], results[2]) = (a, b, c);
    }

    function _none() internal pure returns (uint32[] memory) {
        return new uint32[](0);
    }

    /// @dev Members `from` .. `to - 1`.
    function _slice(uint32[] memory ids, uint256 from, uint256 to) internal pure returns (uint32[] memory part) {
        part = new uint32[](to - from);
        for (uint256 i = from; i < to; ++i) {
            part[i - from] = ids[i];
        }
    }

    function _refused(bytes memory reason) internal {
        VM.expectRevert(reason);
    }

    function _as(address account) internal {
        VM.prank(account);
    }
}
