// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {FeeOnTransferToken} from "../../../contracts/mocks/FeeOnTransferToken.sol";
import {HookToken, ITransferHook} from "../../../contracts/mocks/HookToken.sol";
import {TaskParameters, TokenParameters} from "../../../contracts/types/Parameters.sol";
import {REQUEST_WORDS, Request} from "../../../contracts/types/Request.sol";
import {EndReason, Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract PostTest is MarketFixture, ITransferHook {
    Request private posted;

    function setUp() public override {
        super.setUp();
        _providers(3);
    }

    function test_RevertWhen_TheCallerIsNotTheRequester() public {
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, REQUESTER));
        _as(STRANGER);
        market.post(_request());
    }

    function test_RevertWhen_TheRequestWasPostedBefore() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _as(REQUESTER);
        market.post(request);
        _as(REQUESTER);
        market.cancel(request);
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheRequestHasExpired() public {
        Request memory request = _request();
        request.expiry = uint40(block.timestamp - 1);
        _refused(abi.encodeWithSelector(RequestExpired.selector, request.expiry, block.timestamp));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheTokenIsNotListed() public {
        Request memory request = _request();
        request.token = STRANGER;
        _refused(abi.encodeWithSelector(TokenNotListed.selector, STRANGER));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_AFieldOfALaterMechanismIsSet() public {
        Request memory r = _request();
        r.inputWindow = 1;
        _unsupported(r, "inputWindow");
    }

    function test_RevertWhen_AFieldIsOutOfItsRange() public {
        Request memory r = _request();
        r.allocatorWindow = 1;
        _outOfRange(r, "allocatorWindow", 1, 0, 0);
        (r.allocator, r.allocatorWindow) = (STRANGER, 0);
        _outOfRange(r, "allocatorWindow", 0, 1, 2 ** 20 - 1);
        r.allocatorWindow = 2 ** 20;
        _outOfRange(r, "allocatorWindow", 2 ** 20, 1, 2 ** 20 - 1);
        r = _request();
        r.volume = 0;
        _outOfRange(r, "volume", 0, 1, 2 ** 20);
        r.volume = 2 ** 20 + 1;
        _outOfRange(r, "volume", 2 ** 20 + 1, 1, 2 ** 20);
        r = _request();
        r.replicas = 0;
        _outOfRange(r, "replicas", 0, 1, 16);
        r.replicas = 17;
        _outOfRange(r, "replicas", 17, 1, 16);
        r = _request();
        r.maxReplicas = 2;
        _outOfRange(r, "maxReplicas", 2, 3, 16);
        r.maxReplicas = 17;
        _outOfRange(r, "maxReplicas", 17, 3, 16);
        r = _request();
        // Rounds are numbered to 15.
        (r.replicas, r.maxReplicas) = (1, 16);
        _outOfRange(r, "maxReplicas", 16, 1, 15);
        r = _request();
        r.thresholdBps = 5_000;
        _outOfRange(r, "thresholdBps", 5_000, 5_001, 7_500);
        r.thresholdBps = 7_501;
        _outOfRange(r, "thresholdBps", 7_501, 5_001, 7_500);
        r = _request();
        r.minAgreeing = 0;
        _outOfRange(r, "minAgreeing", 0, 1, 2);
        r.minAgreeing = 3;
        _outOfRange(r, "minAgreeing", 3, 1, 2);
        (r.replicas, r.maxReplicas, r.minAgreeing) = (1, 1, 2);
        _outOfRange(r, "minAgreeing", 2, 1, 1);
        r = _request();
        r.minTrust = 9;
        _outOfRange(r, "minTrust", 9, 10, 100);
        r.minTrust = 101;
        _outOfRange(r, "minTrust", 101, 10, 100);
        r = _request();
        // 6 seats of trust 1.0 reach 6.0.
        r.minWeight = 61;
        _outOfRange(r, "minWeight", 61, 0, 60);
        r = _request();
        r.dissentBps = 999;
        _outOfRange(r, "dissentBps", 999, 1_000, 10_000);
        r.dissentBps = 10_001;
        _outOfRange(r, "dissentBps", 10_001, 1_000, 10_000);
        r = _request();
        r.maxPrice = r.minPrice - 1;
        _outOfRange(r, "maxPrice", r.maxPrice, r.minPrice, type(uint96).max);
        r = _request();
        r.settlementFee = 9_999;
        _outOfRange(r, "settlementFee", 9_999, 10_000, type(uint96).max);
        r = _request();
        r.claimWindow = 59;
        _outOfRange(r, "claimWindow", 59, 60, 2 ** 20 - 1);
        r = _request();
        r.commitWindow = 0;
        _outOfRange(r, "commitWindow", 0, 1, 2 ** 20 - 1);
        r = _request();
        r.revealWindow = 59;
        _outOfRange(r, "revealWindow", 59, 60, 2 ** 20 - 1);
        r.revealWindow = 2 ** 20;
        _outOfRange(r, "revealWindow", 2 ** 20, 60, 2 ** 20 - 1);
        r = _request();
        r.rampSeconds = r.claimWindow - 1;
        _outOfRange(r, "rampSeconds", r.rampSeconds, r.claimWindow, type(uint32).max);
    }

    function test_RevertWhen_TheLockIsBelowTheMinimum() public {
        Request memory request = _request();
        request.lock = 10 ether - 1;
        _refused(abi.encodeWithSelector(LockTooSmall.selector, 10 ether - 1, 10 ether));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheLockIsBelowPriceTimesLockRate() public {
        Request memory request = _request();
        // 0.1 DECO for each million base units.
        request.maxPrice = 2_000_000_000;
        _refused(abi.encodeWithSelector(LockTooSmall.selector, LOCK, 200 ether));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheWindowsExceedHalfOfTheUnbondingDelay() public {
        Request memory request = _request();
        // Two rounds of 2 claim windows, commit, reveal and settle windows: 7 days exactly, then a second more.
        request.commitWindow = uint32(7 days / 2) - 600 - 300 - 120;
        _post(request);
        request.commitWindow += 1;
        _refused(abi.encodeWithSelector(TaskTooLong.selector, 7 days + 2, 7 days));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_NoStakeIsActive() public {
        for (uint32 id = 1; id <= 3; ++id) {
            _as(_owner(id));
            market.deregister(id);
        }
        _refused(abi.encodeWithSelector(NoActiveStake.selector));
        _as(REQUESTER);
        market.post(_request());
    }

    function test_RevertWhen_TheTokenDeliversLessThanTheEscrow() public {
        FeeOnTransferToken fee = new FeeOnTransferToken();
        parameters.setToken(address(fee), TokenParameters(true, 0, 0));
        fee.mint(REQUESTER, 1e12);
        _as(REQUESTER);
        fee.approve(address(market), type(uint256).max);
        Request memory request = _request();
        request.token = address(fee);
        uint256 escrow = _escrow(request);
        _refused(abi.encodeWithSelector(DepositTooSmall.selector, address(fee), escrow, escrow - escrow / 100));
        _as(REQUESTER);
        market.post(request);
    }

    function test_RevertWhen_TheRequesterHoldsNoDECOForTheFee() public {
        Request memory request = _request();
        _as(REQUESTER);
        deco.approve(address(market), 0);
        _refused(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 1 ether));
        _as(REQUESTER);
        market.post(request);
    }

    function test_WhenTheMarketBalanceCoversEverything() public {
        Request memory request = _request();
        uint256 escrow = _escrow(request);
        VM.startPrank(REQUESTER);
        market.deposit(address(token), escrow + 5);
        market.deposit(address(deco), 2 ether);
        token.approve(address(market), 0);
        deco.approve(address(market), 0);
        market.post(request);
        VM.stopPrank();
        eq(_balance(REQUESTER), 5, "token balance");
        eq(market.balanceOf(address(deco), REQUESTER), 1 ether, "DECO balance");
    }

    function test_WhenTheRequesterIsAContract() public {
        Request memory request = _request();
        request.requester = address(this);
        token.mint(address(this), 1e12);
        token.approve(address(market), type(uint256).max);
        deco.approve(address(market), type(uint256).max);
        bytes32 taskId = market.post(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "open");
    }

    function test_WhenTheTokenCallsBackDuringThePull() public {
        HookToken hooked = new HookToken();
        parameters.setToken(address(hooked), TokenParameters(true, 0, 0));
        hooked.mint(address(this), 1e12);
        hooked.approve(address(market), type(uint256).max);
        deco.approve(address(market), type(uint256).max);
        Request memory request = _request();
        request.requester = address(this);
        request.token = address(hooked);
        posted = request;
        hooked.setHook(this);
        uint256 before = hooked.balanceOf(address(this));
        bytes32 taskId = market.post(request);
        _isEnded(taskId, EndReason.Cancelled);
        uint256 paid = before - hooked.balanceOf(address(this));
        eq(paid, _escrow(request), "escrow came");
        eq(market.balanceOf(address(hooked), address(this)), _escrow(request), "and is refunded, once");
    }

    function onTransfer(address, address, uint256) external {
        market.cancel(posted);
    }

    function test_WhenItIsPaidInDECO() public {
        Request memory request = _request();
        request.token = address(deco);
        request.settlementFee = 1e15;
        uint256 before = deco.balanceOf(REQUESTER);
        _post(request);
        eq(before - deco.balanceOf(REQUESTER), _escrow(request) + 1 ether, "escrow and fee");
    }

    function test_RevertWhen_AFieldCarriesMoreBitsThanItsType() public {
        bytes memory clean = abi.encodeCall(IDecoTasks.post, (_request()));
        for (uint256 word = 0; word < REQUEST_WORDS; ++word) {
            // Words that are full: nonce, program, input, policyData.
            if (word == 1 || word == 3 || word == 4 || word == 24) continue;
            bytes memory dirty = bytes.concat(clean);
            dirty[4 + 32 * word] = bytes1(uint8(dirty[4 + 32 * word]) | 0x80);
            VM.prank(REQUESTER);
            (bool posted,) = address(market).call(dirty);
            isTrue(!posted, "posted");
        }
        VM.prank(REQUESTER);
        (bool done,) = address(market).call(clean);
        isTrue(done, "clean");
    }

    function test_WhenAllIsWell() public {
        Request memory request = _request();
        bytes32 expected = market.hashRequest(request);
        uint256 before = token.balanceOf(REQUESTER);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskPosted(expected, REQUESTER, request.program, request);
        VM.expectEmit(true, false, false, true);
        emit IDecoTasks.RoundOpened(expected, 1, 3, uint32(block.number + 1));
        _as(REQUESTER);
        bytes32 taskId = market.post(request);
        eq(taskId, expected, "task id");
        eq(before - token.balanceOf(REQUESTER), _escrow(request), "escrow");
        eq(market.pendingBurn(), Defaults.POSTING_FEE, "fee");

        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Open), "status");
        eq(task.round, 1, "round");
        eq(task.wanted, 3, "wanted");
        eq(task.parameters, 1, "parameters");
        eq(task.postedAt, block.timestamp, "posted");
        eq(task.openedAt, block.timestamp, "opened");
        eq(task.seedBlock, block.number + 1, "seed block");
        eq(task.totalStake, 15_000_000, "total stake, in thousandths");

        TaskParameters memory next = Defaults.task();
        next.noShowBps = 5_000;
        parameters.setParameters(next, Defaults.post());
        eq(market.getTask(taskId).parameters, 1, "keeps the parameters of its post");
    }

    function _unsupported(Request memory request, bytes32 field) private {
        _refused(abi.encodeWithSelector(FieldNotSupported.selector, field));
        _as(REQUESTER);
        market.post(request);
    }

    function _outOfRange(Request memory request, bytes32 field, uint256 value, uint256 minimum, uint256 maximum)
        private
    {
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, field, value, minimum, maximum));
        _as(REQUESTER);
        market.post(request);
    }
}
