// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {StakeLib} from "../../../contracts/types/Provider.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract RegisterTest is MarketFixture {
    address private constant OPERATOR = address(0x0be);

    function test_RevertWhen_TheStakeIsBelowTheIdentityMinimum() public {
        _refused(abi.encodeWithSelector(StakeBelowMinimum.selector, 1_000 ether - 1, 1_000 ether));
        _as(REQUESTER);
        market.register(OPERATOR, 0, "", 1_000 ether - 1);
    }

    function test_RevertWhen_TheOperatorIsTheZeroAddress() public {
        _refused(abi.encodeWithSelector(InvalidOperator.selector, address(0)));
        _as(REQUESTER);
        market.register(address(0), 0, "", STAKE);
    }

    function test_RevertWhen_TheOperatorServesAnotherProvider() public {
        uint32 other = _provider(STAKE);
        _refused(abi.encodeWithSelector(OperatorInUse.selector, _operator(other), other));
        _as(REQUESTER);
        market.register(_operator(other), 0, "", STAKE);
    }

    function test_RevertWhen_TheEndpointIsTooLong() public {
        _refused(abi.encodeWithSelector(EndpointTooLong.selector, 513, 512));
        _as(REQUESTER);
        market.register(OPERATOR, 0, string(new bytes(513)), STAKE);
    }

    function test_RevertWhen_TheAllowanceIsTooSmall() public {
        _refused(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, STAKE));
        _as(STRANGER);
        market.register(OPERATOR, 0, "", STAKE);
    }

    function test_WhenTheMarketBalanceCoversTheStake() public {
        _as(REQUESTER);
        market.deposit(address(deco), STAKE);
        uint256 held = deco.balanceOf(REQUESTER);
        _as(REQUESTER);
        market.register(OPERATOR, 0, "", STAKE);
        eq(deco.balanceOf(REQUESTER), held, "nothing pulled");
        eq(market.balanceOf(address(deco), REQUESTER), 0, "balance used");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, true, true);
        emit IDecoProviders.ProviderRegistered(1, REQUESTER, OPERATOR);
        VM.expectEmit(true, false, false, true);
        emit IDecoProviders.ProviderDescribed(1, bytes32("m"), "/ip4");
        _as(REQUESTER);
        eq(market.register(OPERATOR, "m", "/ip4", STAKE), 1, "first id");
        eq(market.providerCount(), 1, "count");
        eq(market.providerOf(OPERATOR), 1, "by operator");
        eq(market.totalStake(), STAKE, "total stake");
        eq(_work(1).trust, 10, "trust");
        eq(_identity(1).owner, REQUESTER, "owner");
        eq(_identity(1).metadata, "m", "metadata");
        eq(StakeLib.activeBefore(_stake(1), block.timestamp), 0, "too young now");
        eq(StakeLib.activeBefore(_stake(1), block.timestamp + 1), STAKE, "old enough later");
    }
}
