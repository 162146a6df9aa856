// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";
import {HostileAnswers, Keys, Wallet} from "../support/Wallets.sol";

contract OpenSignedTest is MatchingFixture {
    Request private request;

    function setUp() public override {
        super.setUp();
        request = _signable();
    }

    function test_RevertWhen_TheRequestWasPostedBefore() public {
        bytes memory signature = _signRequest(request);
        bytes32 taskId = _openSigned(signature);
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _openSigned(signature);
    }

    function test_RevertWhen_TheRequesterHasCancelledIt() public {
        _as(holder);
        market.cancelRequest(request);
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, market.hashRequest(request)));
        _openSigned(signature);
    }

    function test_RevertWhen_AnotherKeySignedIt() public {
        _invalid(Keys.sign(OTHER_KEY, market.hashRequest(request)));
    }

    function test_RevertWhen_ItIsNotSigned() public {
        _invalid("");
        _invalid(new bytes(65));
        _invalid(new bytes(64));
    }

    function test_RevertWhen_TheSignatureHasAHighS() public {
        _invalid(Keys.malleated(_signRequest(request)));
    }

    function test_RevertWhen_AnotherNonceWasSigned() public {
        bytes memory signature = _signRequest(request);
        ++request.nonce;
        _invalid(signature);
    }

    function test_RevertWhen_ItWasSignedForAnotherChain() public {
        uint256 here = block.chainid;
        VM.chainId(here + 1);
        bytes memory signature = _signRequest(request);
        VM.chainId(here);
        _invalid(signature);
    }

    function test_RevertWhen_ItWasSignedForAnotherMarket() public {
        IDecoMarket other = _deployMarket(deco, parameters, randomness);
        _invalid(Keys.sign(REQUESTER_KEY, other.hashRequest(request)));
    }

    function test_RevertWhen_TheWalletAnswersBadly() public {
        HostileAnswers wallet = new HostileAnswers();
        request.requester = address(wallet);
        for (uint256 manner = 0; manner <= uint256(type(HostileAnswers.Manner).max); ++manner) {
            // Whoever answers in full is believed, however much follows: only a word of it is read.
            if (manner == uint256(HostileAnswers.Manner.ReturnBomb)) continue;
            wallet.set(HostileAnswers.Manner(manner));
            uint256 before = gasleft();
            _invalid("signature");
            atMost(before - gasleft(), 600_000, "gas of a refusal");
        }
        wallet.set(HostileAnswers.Manner.ReturnBomb);
        uint256 left = gasleft();
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(token), _escrow(request), 0));
        _openSigned("signature");
        atMost(left - gasleft(), 900_000, "gas of a long answer");
    }

    function test_RevertWhen_TheRequestHasExpired() public {
        VM.warp(uint256(request.expiry) + 1);
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(RequestExpired.selector, request.expiry, block.timestamp));
        _openSigned(signature);
    }

    function test_RevertWhen_PostWouldRefuseTheRequest() public {
        request.minTrust = 9;
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("minTrust"), 9, 10, 100));
        _openSigned(signature);
    }

    function test_RevertWhen_TheBalanceIsBelowTheEscrow() public {
        _as(holder);
        token.approve(address(market), type(uint256).max);
        _as(holder);
        market.withdraw(address(token), 100e6, STRANGER);
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(token), _escrow(request), 0));
        _openSigned(signature);
    }

    function test_RevertWhen_TheBalanceIsBelowTheFee() public {
        _as(holder);
        market.withdraw(address(deco), 100 ether, STRANGER);
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(deco), uint256(Defaults.POSTING_FEE), 0));
        _openSigned(signature);
    }

    function test_WhenAWalletSigns() public {
        Wallet wallet = _fundedWallet();
        request.requester = address(wallet);
        bytes32 taskId = _openSigned(Keys.signAsWallet(REQUESTER_KEY, market.hashRequest(request)));
        isTrue(_status(taskId) == TaskStatus.Open, "open");
        eq(_balance(address(wallet)), 100e6 - _escrow(request), "wallet pays");
    }

    function test_WhenTheRequesterCalls() public {
        _as(holder);
        isTrue(_status(market.openSigned(request, "")) == TaskStatus.Open, "open");
    }

    function test_WhenItIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice, request.settlementFee) = (1 ether, 2 ether, 1e15);
        uint256 before = market.balanceOf(address(deco), holder);
        _openSigned(_signRequest(request));
        uint256 taken = before - market.balanceOf(address(deco), holder);
        uint256 cost = _escrow(request) + Defaults.POSTING_FEE;
        eq(taken, cost, "escrow and fee");
        _as(holder);
        market.withdraw(address(deco), before - cost - cost + 1, STRANGER);
        ++request.nonce;
        bytes memory signature = _signRequest(request);
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(deco), cost, cost - 1));
        _openSigned(signature);
    }

    function test_WhenAllIsWell() public {
        uint256 balance = _balance(holder);
        uint256 held = market.balanceOf(address(deco), holder);
        uint256 pending = market.pendingBurn();
        bytes32 taskId = market.hashRequest(request);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskPosted(taskId, holder, request.program, request);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoundOpened(taskId, 1, request.replicas, uint32(block.number + 1));
        eq(_openSigned(_signRequest(request)), taskId, "task id");
        eq(balance - _balance(holder), _escrow(request), "escrow");
        eq(held - market.balanceOf(address(deco), holder), Defaults.POSTING_FEE, "fee");
        eq(market.pendingBurn() - pending, Defaults.POSTING_FEE, "to be burned");
        eq(market.getTask(taskId).taken, 0, "nobody is seated");
    }

    function _openSigned(bytes memory signature) private returns (bytes32) {
        VM.prank(RELAYER);
        return market.openSigned(request, signature);
    }

    function _invalid(bytes memory signature) private {
        _refused(abi.encodeWithSelector(InvalidSignature.selector, request.requester));
        _openSigned(signature);
    }
}
