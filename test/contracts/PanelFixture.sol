// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../../contracts/interfaces/IRandomness.sol";
import {Dispute, DisputeStatus, PanelLib} from "../../contracts/types/Panel.sol";
import {TokenParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Task} from "../../contracts/types/Task.sol";
import {MarketFixture} from "./MarketFixture.sol";
import {Defaults} from "./support/Defaults.sol";
import {VM} from "./support/Vm.sol";

/// @title PanelFixture
/// @notice Twelve providers, requests with a challenge window, and the steps of a dispute.
abstract contract PanelFixture is MarketFixture {
    address internal constant APPELLANT = address(0xa99);
    address internal constant SECOND = address(0xa9a);
    uint32 internal constant CHALLENGE = 3_600;
    uint96 internal constant PANEL_PRICE = 100_000;
    /// @dev Ten DECO for a dollar of six decimals.
    uint112 internal constant LOCK_RATE = 1e31;

    uint32[] internal ids;

    function setUp() public virtual override {
        super.setUp();
        TokenParameters memory listing = TokenParameters(true, LOCK_RATE, 10_000);
        parameters.setToken(address(token), listing);
        ids = _providers(12);
        _fund(APPELLANT);
        _fund(SECOND);
    }

    function _windowed() internal returns (Request memory request) {
        request = _request();
        request.maxReplicas = 3;
        request.challengeWindow = CHALLENGE;
        request.panelPrice = PANEL_PRICE;
    }

    /// @dev What panels from `level` on can cost.
    function _bond(Request memory request, uint256 level) internal pure returns (uint256) {
        uint256 wide = uint256(Defaults.task().widePanelSeats) * request.panelPrice + request.settlementFee;
        if (level == 2) return wide;
        return wide + uint256(Defaults.task().panelSeats) * request.panelPrice + request.settlementFee;
    }

    function _members(uint256 from, uint256 to) internal view returns (uint32[] memory) {
        return _slice(ids, from, to);
    }

    // --- the first vote ---

    /// @dev Late enough for every one of twelve to be drawn.
    function _drawEveryone(Request memory request, bytes32 id) internal {
        uint256 moment = uint256(market.getTask(id).openedAt) + (uint256(request.claimWindow) * 3) / 4;
        if (block.timestamp < moment) _later(moment - block.timestamp);
    }

    /// @dev Posts, and the first three vote.
    function _acceptedAs(Request memory request, bytes32[] memory results, bytes32 result)
        internal
        returns (bytes32 taskId)
    {
        taskId = _revealed(request, results);
        _settle(request, _members(0, 3), result);
        _later(1);
    }

    function _revealed(Request memory request, bytes32[] memory results) internal returns (bytes32 taskId) {
        taskId = _post(request);
        _drawEveryone(request, taskId);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
        _commitAndReveal(taskId, _members(0, 3), results);
    }

    /// @dev All three agree.
    function _accepted(Request memory request, bytes32 result) internal returns (bytes32 taskId) {
        return _acceptedAs(request, _same(3, result), result);
    }

    /// @dev A task that accepted a wrong result, without opposition.
    function _wronged() internal returns (Request memory request, bytes32 taskId) {
        request = _windowed();
        taskId = _accepted(request, WRONG);
    }

    // --- disputes ---

    function _appeal(Request memory request) internal returns (uint256 index) {
        VM.prank(APPELLANT);
        index = market.appeal(request, 0, 0, new bytes32[](0));
        _later(1);
    }

    function _appealDecision(Request memory request, uint256 index) internal {
        VM.prank(SECOND);
        market.appealDecision(request, index);
        _later(1);
    }

    function _panelId(bytes32 taskId, uint256 index) internal view returns (bytes32) {
        return market.panelIdOf(taskId, index, market.getDispute(taskId, index).level);
    }

    function _claimPanel(Request memory request, uint256 index, uint32 provider) internal {
        VM.prank(_operator(provider));
        market.claimPanel(request, index);
    }

    function _fillPanel(Request memory request, bytes32 taskId, uint256 index, uint32[] memory members) internal {
        _drawEveryone(request, _panelId(taskId, index));
        for (uint256 i = 0; i < members.length; ++i) {
            _claimPanel(request, index, members[i]);
        }
    }

    function _judge(
        Request memory request,
        bytes32 taskId,
        uint256 index,
        uint32[] memory members,
        bytes32[] memory results
    ) internal {
        _fillPanel(request, taskId, index, members);
        _commitAndReveal(_panelId(taskId, index), members, results);
    }

    function _decide(Request memory request, uint256 index, uint32[] memory members, bytes32 decision) internal {
        VM.prank(RELAYER);
        market.decide(request, index, members, decision);
        _later(1);
    }

    function _escalatePanel(Request memory request, uint256 index, uint32[] memory members) internal {
        VM.prank(RELAYER);
        market.escalatePanel(request, index, members);
        _later(1);
    }

    /// @dev A first panel of the fourth to sixth provider that all say `decision`.
    function _decided(Request memory request, bytes32 taskId, uint256 index, bytes32 decision) internal {
        _judge(request, taskId, index, _members(3, 6), _same(3, decision));
        _decide(request, index, _members(3, 6), decision);
    }

    /// @dev A larger panel of the seventh to eleventh.
    function _decidedWide(Request memory request, bytes32 taskId, uint256 index, bytes32 decision) internal {
        _judge(request, taskId, index, _members(6, 11), _same(5, decision));
        _decide(request, index, _members(6, 11), decision);
    }

    function _panelFails(Request memory request) internal {
        _later(uint256(request.revealWindow) + Defaults.task().settleWindow + 1);
    }

    // --- the end ---

    function _windowsPass(Request memory request) internal {
        uint256 longest =
            request.challengeWindow > request.deliveryWindow ? request.challengeWindow : request.deliveryWindow;
        _later(longest + 1);
    }

    function _finalize(Request memory request) internal {
        VM.prank(RELAYER);
        market.finalize(request, _members(0, 3));
    }

    // --- audits ---

    /// @dev Makes the audit's seed one that draws the task, or one that does not.
    function _seedAudit(Request memory request, bytes32 taskId, bool draws) internal {
        Task memory task = market.getTask(taskId);
        uint256 guess;
        while (PanelLib.drawn(bytes32(++guess), taskId, request.auditBps) != draws) {}
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.seed, (task.seedBlock)), abi.encode(bytes32(guess)));
    }

    function _loseSeed(bytes32 id) internal {
        uint256 seedBlock = market.getTask(id).seedBlock;
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.seed, (seedBlock)), abi.encode(bytes32(0)));
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.lost, (seedBlock)), abi.encode(true));
    }

    // --- small things ---

    function _disputeIs(bytes32 taskId, uint256 index, DisputeStatus status) internal view {
        Dispute memory dispute = market.getDispute(taskId, index);
        eq(uint256(dispute.status), uint256(status), "dispute status");
    }

    function _inDeco(uint256 amount) internal pure returns (uint256) {
        return amount * LOCK_RATE / 1e18;
    }
}
