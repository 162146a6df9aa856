// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";

import {DecoToken} from "../../../contracts/governance/DecoToken.sol";
import {Asserts} from "../support/Asserts.sol";
import {Deployments} from "../support/Deployments.sol";
import {Permits} from "../support/Permits.sol";
import {VM} from "../support/Vm.sol";

contract DecoTokenTest is Asserts, Deployments {
    uint256 private constant KEY = 0xdec0;
    uint256 private constant START = 1_800_000_000;
    uint256 private constant SUPPLY = 1_000_000_000 ether;
    address private constant SPENDER = address(0x5e);

    DecoToken private deco;
    address private holder;

    function setUp() public {
        VM.warp(START);
        deco = _deployDeco();
        holder = VM.addr(KEY);
        require(deco.transfer(holder, 1_000), "funds");
    }

    function test_GivenTheDeploymentHasEnded() public {
        eq(deco.totalSupply(), SUPPLY, "supply");
        eq(deco.balanceOf(address(this)) + deco.balanceOf(holder), SUPPLY, "balances");
        eq(deco.INITIAL_SUPPLY(), SUPPLY, "constant");
        string[4] memory powers = ["owner()", "mint(address,uint256)", "pause()", "upgradeToAndCall(address,bytes)"];
        for (uint256 i = 0; i < powers.length; ++i) {
            bytes memory data = abi.encodePacked(bytes4(keccak256(bytes(powers[i]))), new bytes(96));
            (bool succeeded,) = address(deco).call(data);
            isTrue(!succeeded, powers[i]);
        }
    }

    function test_WhenAHolderBurns() public {
        VM.prank(holder);
        deco.burn(400);
        eq(deco.totalSupply(), SUPPLY - 400, "supply");
        eq(deco.balanceOf(holder), 600, "balance");
    }

    function test_RevertWhen_AHolderBurnsMoreThanItHas() public {
        VM.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 1_000, 1_001));
        VM.prank(holder);
        deco.burn(1_001);
    }

    function test_WhenASpenderBurnsWithinItsAllowance() public {
        VM.prank(holder);
        deco.approve(SPENDER, 300);
        VM.prank(SPENDER);
        deco.burnFrom(holder, 100);
        eq(deco.totalSupply(), SUPPLY - 100, "supply");
        eq(deco.allowance(holder, SPENDER), 200, "allowance");
    }

    function test_RevertWhen_ASpenderBurnsAboveItsAllowance() public {
        VM.prank(holder);
        deco.approve(SPENDER, 300);
        VM.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, SPENDER, 300, 301));
        VM.prank(SPENDER);
        deco.burnFrom(holder, 301);
    }

    function test_WhenAHolderPermitsBySignature() public {
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(deco, KEY, SPENDER, 77, START);
        deco.permit(holder, SPENDER, 77, START, v, r, s);
        eq(deco.allowance(holder, SPENDER), 77, "allowance");
        eq(deco.nonces(holder), 1, "nonce");
    }

    function test_RevertWhen_APermitIsReplayed() public {
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(deco, KEY, SPENDER, 77, START);
        deco.permit(holder, SPENDER, 77, START, v, r, s);
        // Over the next nonce the same signature belongs to somebody else.
        VM.expectRevert();
        deco.permit(holder, SPENDER, 77, START, v, r, s);
        eq(deco.nonces(holder), 1, "nonce");
    }

    function test_RevertWhen_APermitHasExpired() public {
        (uint8 v, bytes32 r, bytes32 s) = Permits.sign(deco, KEY, SPENDER, 77, START - 1);
        VM.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, START - 1));
        deco.permit(holder, SPENDER, 77, START - 1, v, r, s);
    }

    function test_WhenAHolderDelegates() public {
        VM.prank(holder);
        deco.delegate(SPENDER);
        VM.warp(START + 10);
        VM.prank(holder);
        deco.burn(400);
        VM.warp(START + 20);
        eq(deco.getVotes(SPENDER), 600, "votes now");
        eq(deco.getPastVotes(SPENDER, START + 9), 1_000, "votes before the burn");
        eq(deco.clock(), START + 20, "clock");
        eq(keccak256(bytes(deco.CLOCK_MODE())), keccak256("mode=timestamp"), "clock mode");
    }

    function test_RevertWhen_VotesOfTheRunningSecondAreAskedFor() public {
        VM.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, START, START));
        deco.getPastVotes(SPENDER, START);
    }
}
