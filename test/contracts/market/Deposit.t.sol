// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IDecoAccounts} from "../../../contracts/interfaces/IDecoAccounts.sol";
import {FeeOnTransferToken} from "../../../contracts/mocks/FeeOnTransferToken.sol";
import {HookToken, ITransferHook} from "../../../contracts/mocks/HookToken.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract DepositTest is MarketFixture, ITransferHook {
    HookToken private hooked;

    function test_RevertWhen_TheTokenIsNotListed() public {
        TestToken other = new TestToken("Other", "OTHER", 18);
        _refused(abi.encodeWithSelector(TokenNotListed.selector, address(other)));
        market.deposit(address(other), 1);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        market.deposit(address(token), 0);
    }

    function test_RevertWhen_TheAllowanceIsTooSmall() public {
        token.mint(STRANGER, 10);
        _refused(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 10));
        _as(STRANGER);
        market.deposit(address(token), 10);
    }

    function test_RevertWhen_TheTokenCallsBackIntoDeposit() public {
        hooked = new HookToken();
        parameters.setToken(address(hooked), TokenParameters(true, 0, 0));
        hooked.mint(address(this), 100);
        hooked.approve(address(market), 100);
        hooked.setHook(this);
        _refused(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        market.deposit(address(hooked), 40);
    }

    function onTransfer(address, address, uint256) external {
        market.deposit(address(hooked), 60);
    }

    function test_WhenTheTokenIsDECOAndNotListed() public {
        parameters.setToken(address(deco), TokenParameters(false, 0, 0));
        _as(REQUESTER);
        eq(market.deposit(address(deco), 5), 5, "received");
        eq(market.balanceOf(address(deco), REQUESTER), 5, "balance");
    }

    function test_WhenTheTokenTakesAFee() public {
        FeeOnTransferToken fee = new FeeOnTransferToken();
        parameters.setToken(address(fee), TokenParameters(true, 0, 0));
        fee.mint(address(this), 1_000);
        fee.approve(address(market), 1_000);
        eq(market.deposit(address(fee), 1_000), 990, "received");
        eq(market.balanceOf(address(fee), address(this)), 990, "balance");
        eq(fee.balanceOf(address(market)), 990, "held");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, false, true);
        emit IDecoAccounts.Deposited(address(token), REQUESTER, 123);
        _as(REQUESTER);
        eq(market.deposit(address(token), 123), 123, "received");
        eq(_balance(REQUESTER), 123, "balance");
        eq(token.balanceOf(address(market)), 123, "held");
    }
}
