// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {BlockingToken} from "../../../contracts/mocks/BlockingToken.sol";
import {FalseReturnToken} from "../../../contracts/mocks/FalseReturnToken.sol";
import {FeeOnTransferToken} from "../../../contracts/mocks/FeeOnTransferToken.sol";
import {HookToken, ITransferHook} from "../../../contracts/mocks/HookToken.sol";
import {NoReturnToken} from "../../../contracts/mocks/NoReturnToken.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";

/// @dev Whole lives of tasks that are paid in tokens that behave unlike the standard. Rebasing tokens are not listed: balances
/// in the market are units, and a token that changes them behind it would leave some of them uncovered.
contract WeirdTokensTest is MarketFixture, ITransferHook {
    uint32[] private three;
    Request private request;
    bytes32 private taskId;
    uint256 private entered;

    function setUp() public override {
        super.setUp();
        three = _providers(3);
        request = _request();
        (request.programOwner, request.programBps) = (STRANGER, 250);
    }

    function test_GivenATokenOfNoDecimals() public {
        _live(new TestToken("Whole", "WHOLE", 0), 1, 7);
    }

    function test_GivenATokenOfTwoDecimals() public {
        _live(new TestToken("Cents", "CENT", 2), 99, 1_01);
    }

    function test_GivenATokenOfEighteenDecimals() public {
        _live(new TestToken("Ether-like", "ETHL", 18), 1, 3 ether);
    }

    function test_GivenATokenOfTwentySevenDecimals() public {
        _live(new TestToken("Fine", "FINE", 27), 1e27, 40e27);
    }

    function test_GivenATokenThatReturnsNothing() public {
        NoReturnToken plain = new NoReturnToken();
        plain.mint(REQUESTER, 1e12);
        _as(REQUESTER);
        plain.approve(address(market), 1e12);
        _task(address(plain));
        _everyUnit(address(plain));
        uint256 earned = market.earningsOf(address(plain), three[0]);
        _as(_owner(three[0]));
        market.withdrawEarnings(three[0], address(plain), earned, RELAYER);
        eq(plain.balanceOf(RELAYER), earned, "paid out");
    }

    function test_RevertWhen_ATokenThatTakesAFeePaysTheEscrowByAllowance() public {
        FeeOnTransferToken fee = new FeeOnTransferToken();
        _list(fee, 1e30);
        uint256 escrow = _escrow(request);
        _refused(abi.encodeWithSelector(DepositTooSmall.selector, address(fee), escrow, escrow - escrow / 100));
        _as(REQUESTER);
        market.post(request);
    }

    function test_GivenADepositOfATokenThatTakesAFee() public {
        FeeOnTransferToken fee = new FeeOnTransferToken();
        _list(fee, 1e30);
        uint256 escrow = _escrow(request);
        _as(REQUESTER);
        uint256 received = market.deposit(address(fee), escrow * 2);
        eq(received, escrow * 2 - escrow * 2 / 100, "received");
        _task(address(fee));
        uint256 owed = _owed(address(fee));
        eq(fee.balanceOf(address(market)), owed, "solvent");
        eq(owed, received, "every unit that arrived");
    }

    function test_RevertWhen_ATokenAnswersFalseToThePull() public {
        FalseReturnToken sloppy = new FalseReturnToken();
        _list(sloppy, 0);
        _refused(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(sloppy)));
        _as(REQUESTER);
        market.post(request);
    }

    function test_GivenATokenThatIsPausedAfterThePost() public {
        BlockingToken blocking = new BlockingToken();
        _list(blocking, 1e30);
        taskId = _post(request);
        blocking.setPaused(true);
        _vote(request, taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        uint256 refund = market.balanceOf(address(blocking), REQUESTER);
        _refused(abi.encodeWithSelector(BlockingToken.Paused.selector));
        _as(REQUESTER);
        market.withdraw(address(blocking), refund, REQUESTER);
        blocking.setPaused(false);
        _as(REQUESTER);
        market.withdraw(address(blocking), refund, REQUESTER);
    }

    function test_GivenATokenThatBarsAProviderAfterTheClaim() public {
        BlockingToken blocking = new BlockingToken();
        _list(blocking, 1e30);
        taskId = _post(request);
        _fill(request, taskId, three);
        blocking.setBarred(_owner(three[0]), true);
        _commitAndReveal(taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        for (uint256 i = 1; i < 3; ++i) {
            uint256 earned = market.earningsOf(address(blocking), three[i]);
            _as(_owner(three[i]));
            market.withdrawEarnings(three[i], address(blocking), earned, _owner(three[i]));
        }
        uint256 barred = market.earningsOf(address(blocking), three[0]);
        _as(_owner(three[0]));
        market.withdrawEarnings(three[0], address(blocking), barred, RELAYER);
        eq(blocking.balanceOf(RELAYER), barred, "paid elsewhere");
    }

    function test_GivenATokenWhoseHookRefusesTheReceiver() public {
        HookToken hooked = new HookToken();
        _list(hooked, 1e30);
        _task(address(hooked));
        _as(RELAYER);
        hooked.setHook(ITransferHook(address(market)));
        _refused("");
        _as(RELAYER);
        market.withdraw(address(hooked), 1, RELAYER);
        _as(RELAYER);
        market.withdraw(address(hooked), 1, TREASURY);
        eq(hooked.balanceOf(TREASURY), 1, "elsewhere");
    }

    function test_WhenAHookEntersSettleAndWithdrawDuringAWithdrawal() public {
        HookToken hooked = new HookToken();
        _list(hooked, 1e30);
        hooked.mint(address(this), 100);
        hooked.approve(address(market), 100);
        market.deposit(address(hooked), 100);
        hooked.setHook(this);
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, RIGHT));
        market.withdraw(address(hooked), 60, address(this));
        eq(entered, 1, "entered while receiving");
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "settled within the withdrawal");
        eq(hooked.balanceOf(address(this)), 60, "paid once");
        eq(market.balanceOf(address(hooked), address(this)), 40 + request.settlementFee, "the rest, and the fee");
    }

    function onTransfer(address, address, uint256) external {
        if (msg.sender != request.token || taskId == 0) return;
        ++entered;
        // A withdrawal within a withdrawal is refused; ending a task is nobody's harm.
        try market.withdraw(request.token, 40, address(this)) {
            revert("withdrew twice");
        } catch {}
        try market.settle(request, three, _opening(RIGHT)) {} catch {}
    }

    function test_WhenTheTokenIsDelistedWhileATaskRuns() public {
        taskId = _post(request);
        parameters.setToken(address(token), TokenParameters(false, 0, 0));
        _vote(request, taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        isTrue(_earned(three[0]) > 0, "paid");
    }

    // --- helpers ---

    function _live(TestToken paid, uint96 minPrice, uint96 maxPrice) private {
        (request.minPrice, request.maxPrice, request.settlementFee) = (minPrice, maxPrice, 1);
        _list(paid, 1e30);
        _task(address(paid));
        _everyUnit(address(paid));
    }

    function _list(TestToken paid, uint256 amount) private {
        parameters.setToken(address(paid), TokenParameters(true, 0, 0));
        paid.mint(REQUESTER, amount);
        _as(REQUESTER);
        paid.approve(address(market), type(uint256).max);
        request.token = address(paid);
    }

    function _task(address paid) private {
        parameters.setToken(paid, TokenParameters(true, 0, 0));
        request.token = paid;
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
    }

    function _everyUnit(address paid) private view {
        eq(_owed(paid), _escrow(request), "every unit of the escrow");
        eq(TestToken(paid).balanceOf(address(market)), _escrow(request), "which the market holds");
    }

    function _owed(address paid) private view returns (uint256 owed) {
        owed = market.balanceOf(paid, REQUESTER) + market.balanceOf(paid, TREASURY) + market.balanceOf(paid, RELAYER);
        owed += market.balanceOf(paid, STRANGER);
        for (uint256 i = 0; i < 3; ++i) {
            owed += market.earningsOf(paid, three[i]);
        }
    }
}
