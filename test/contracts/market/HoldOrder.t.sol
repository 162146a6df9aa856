// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {HoldLib, ReserveWord} from "../../../contracts/types/Hold.sol";
import {Order} from "../../../contracts/types/Order.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {OrderFixture} from "../OrderFixture.sol";
import {Orders} from "../support/Orders.sol";
import {VM} from "../support/Vm.sol";
import {Keys, Wallet} from "../support/Wallets.sol";

contract HoldOrderTest is OrderFixture {
    // --- the requester's word ---

    function test_RevertWhen_TheRequestIsNotSigned() public {
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _refusesWith("", reason);
        _refusesWith(Keys.sign(OTHER_KEY, taskId), reason);
        _refusesWith(Keys.malleated(_signRequest(request)), reason);
        eq(market.orderNonces(holder, 0), 0, "nonce");
    }

    function test_RevertWhen_AnotherRequestWasSigned() public {
        bytes memory signature = _signRequest(request);
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        --request.lock;
        _refusesWith(signature, reason);
        (request.lock, request.commitWindow) = (LOCK, COMMIT + 1);
        _refusesWith(signature, reason);
        (request.commitWindow, request.revealWindow) = (COMMIT, RESCUE - 1);
        _refusesWith(signature, reason);
        (request.revealWindow, request.minPrice, request.maxPrice) = (RESCUE, 1e6 + 1, 1e6 + 1);
        _refusesWith(signature, reason);
    }

    /// @dev What calls bring has no room for it, so it stands for another request than was signed.
    function test_RevertWhen_TheSignedRequestIsNoOrder() public {
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _askProven(1);
        _refuses(reason);
        _askHeld();
        request.callback = STRANGER;
        _refuses(reason);
        _askHeld();
        request.minTrust = 10;
        _refuses(reason);
    }

    function test_RevertWhen_ItWasSignedForAnotherChainOrMarket() public {
        uint256 here = block.chainid;
        VM.chainId(here + 1);
        bytes memory elsewhere = _signRequest(request);
        VM.chainId(here);
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _refusesWith(elsewhere, reason);
        IDecoMarket other = _deployMarket(deco, parameters, randomness);
        _refusesWith(Keys.sign(REQUESTER_KEY, other.hashRequest(request)), reason);
    }

    function test_RevertWhen_TheNonceIsUsed() public {
        _hold();
        // By this order in another reserve, of the same provider or of another.
        bytes memory reason = abi.encodeWithSelector(NonceUsed.selector, holder, 7);
        _reserve(ids[0], 9, RESERVE);
        _reserve(ids[1], INDEX, RESERVE);
        _refusesBy(ids[0], 9, reason);
        _refusesBy(ids[1], INDEX, reason);
        // By another order of the same nonce.
        request.lock = LOCK + 1;
        _refusesBy(ids[0], 9, reason);
        // However the first one ended.
        request.lock = LOCK;
        _prove(STRANGER, ids[0]);
        _refuses(reason);
    }

    function test_RevertWhen_TheRequesterHasCancelledIt() public {
        _as(holder);
        market.cancelRequest(request);
        _refuses(abi.encodeWithSelector(NonceUsed.selector, holder, 7));
        _askNext();
        _as(holder);
        market.cancelOrders(0, 1 << 8);
        _refuses(abi.encodeWithSelector(NonceUsed.selector, holder, 8));
        _askNext();
        _hold();
        // What is held is not to be cancelled any more.
        _refused(abi.encodeWithSelector(NonceUsed.selector, holder, 9));
        _as(holder);
        market.cancelRequest(request);
        _as(holder);
        market.cancelOrders(0, type(uint256).max);
        _prove(STRANGER, ids[0]);
    }

    // --- the order ---

    function test_RevertWhen_TheRequestHasExpired() public {
        VM.warp(uint256(request.expiry) + 1);
        _refuses(abi.encodeWithSelector(RequestExpired.selector, request.expiry, block.timestamp));
        VM.warp(request.expiry);
        _hold();
    }

    function test_RevertWhen_AFieldIsOutOfRange() public {
        request.volume = 0;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("volume"), 0, 1, 2 ** 20));
        request.volume = 2 ** 20 + 1;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("volume"), 2 ** 20 + 1, 1, 2 ** 20));
        request.volume = 2 ** 20;
        request.programBps = 1;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("programBps"), 1, 0, 0));
        (request.programOwner, request.programBps) = (STRANGER, 0);
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("programBps"), 0, 1, 5_000));
        request.programBps = 5_000;
        (request.dataOwner, request.dataBps) = (STRANGER, 5_001);
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("dataBps"), 5_001, 1, 5_000));
        request.dataBps = 5_000;
        taskId = market.hashRequest(request);
        _hold();
    }

    function test_RevertWhen_AWindowIsOutOfRange() public {
        request.commitWindow = 0;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("commitWindow"), 0, 1, 2 ** 20 - 1));
        request.commitWindow = 2 ** 20;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("commitWindow"), 2 ** 20, 1, 2 ** 20 - 1));
        request.commitWindow = type(uint32).max;
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("commitWindow"), 2 ** 32 - 1, 1, 2 ** 20 - 1));
        (request.commitWindow, request.revealWindow) = (1, 2 ** 20);
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("revealWindow"), 2 ** 20, 0, 2 ** 20 - 1));
        // An order that is to be proven at once names no window, and is for another call.
        _askOrder();
        _refuses(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("commitWindow"), 0, 1, 2 ** 20 - 1));
    }

    /// @dev Stake must not unbond before the order is over.
    function test_RevertWhen_TheWindowsAreTooLong() public {
        (request.commitWindow, request.revealWindow) = (7 days, 1);
        _refuses(abi.encodeWithSelector(TaskTooLong.selector, 7 days + 1, 7 days));
        (request.commitWindow, request.revealWindow) = (1, 7 days);
        _refuses(abi.encodeWithSelector(TaskTooLong.selector, 7 days + 1, 7 days));
        (request.commitWindow, request.revealWindow) = (2 ** 20 - 1, 2 ** 20 - 1);
        _refuses(abi.encodeWithSelector(TaskTooLong.selector, 2 ** 21 - 2, 7 days));
        (request.commitWindow, request.revealWindow) = (7 days - 1, 1);
        taskId = market.hashRequest(request);
        _hold();
        eq(_closesAt(), block.timestamp + 7 days, "to the second");
    }

    function test_RevertWhen_TheLockIsTooSmall() public {
        request.lock = 0;
        _refuses(abi.encodeWithSelector(LockTooSmall.selector, 0, 10 ether));
        request.lock = 10 ether - 1;
        _refuses(abi.encodeWithSelector(LockTooSmall.selector, 10 ether - 1, 10 ether));
        request.lock = 10 ether;
        taskId = market.hashRequest(request);
        _hold();
        _prove(STRANGER, ids[0]);
        // By the price: 50 DECO for each unit of the token.
        parameters.setToken(address(token), TokenParameters({listed: true, lockRate: 5e31, minSettlementFee: 0}));
        request.lock = 50 ether - 1;
        _askNext();
        _refuses(abi.encodeWithSelector(LockTooSmall.selector, 50 ether - 1, 50 ether));
        request.lock = 50 ether;
        _askNext();
        _hold();
    }

    function test_RevertWhen_TheTokenIsNotListed() public {
        parameters.setToken(address(token), TokenParameters({listed: false, lockRate: 0, minSettlementFee: 0}));
        _refuses(abi.encodeWithSelector(TokenNotListed.selector, address(token)));
    }

    function test_RevertWhen_ThePolicyIsNotListed() public {
        parameters.setPolicy(address(policy), false, GAS_CAP);
        _refuses(abi.encodeWithSelector(PolicyNotListed.selector, address(policy)));
        parameters.tombstonePolicy(address(policy));
        _refuses(abi.encodeWithSelector(PolicyNotListed.selector, address(policy)));
        request.policy = STRANGER;
        _refuses(abi.encodeWithSelector(PolicyNotListed.selector, STRANGER));
        (request.policy, request.policyData) = (address(0), 0);
        _refuses(abi.encodeWithSelector(PolicyNotListed.selector, address(0)));
    }

    function test_RevertWhen_ThePolicyIsAJudge() public {
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, GAS_CAP);
        request.policy = address(judge);
        taskId = market.hashRequest(request);
        _refuses(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(judge)));
    }

    /// @dev Bits beyond a field's would be in the event, and in what is signed.
    function test_RevertWhen_AWordIsDirty() public {
        request.requester = _operator(ids[0]);
        _pays(request.requester);
        Order memory order = _order();
        bytes memory clean = abi.encodeCall(IDecoOrders.holdOrder, (order, "", INDEX));
        uint256 narrow;
        for (uint256 word = 0; word < 17; ++word) {
            // Program, nonce, input and policy data fill their words.
            if (word == 1 || word == 2 || word == 4 || word == 9) continue;
            bytes memory data = bytes.concat(clean);
            data[4 + 32 * word] = 0x80;
            _as(request.requester);
            (bool done, bytes memory answer) = address(market).call(data);
            isTrue(!done, "taken");
            eq(answer.length, 0, "by the decoder");
            ++narrow;
        }
        eq(narrow, 13, "words");
        _as(request.requester);
        (bool taken,) = address(market).call(clean);
        isTrue(taken, "without dirt");
    }

    // --- the holder ---

    function test_RevertWhen_TheCallerIsNoOperator() public {
        bytes memory signature = _signRequest(request);
        Order memory order = _order();
        address[3] memory others = [STRANGER, holder, _owner(ids[0])];
        for (uint256 i = 0; i < 3; ++i) {
            _refused(abi.encodeWithSelector(NotAnOperator.selector, others[i]));
            _as(others[i]);
            market.holdOrder(order, signature, INDEX);
        }
    }

    function test_RevertWhen_ThereIsNoSuchReserve() public {
        _refusesBy(ids[0], INDEX + 1, abi.encodeWithSelector(ReserveNotFree.selector, ids[0], INDEX + 1));
        // Another provider's is no help.
        _refusesBy(ids[1], INDEX, abi.encodeWithSelector(ReserveNotFree.selector, ids[1], INDEX));
        _close(ids[0], INDEX);
        _refuses(abi.encodeWithSelector(ReserveNotFree.selector, ids[0], INDEX));
    }

    function test_RevertWhen_TheReserveIsInUse() public {
        _hold();
        uint256 first = hold;
        bytes32 firstId = taskId;
        _askNext();
        bytes memory reason = abi.encodeWithSelector(ReserveNotFree.selector, ids[0], INDEX);
        _refuses(reason);
        VM.warp(_closesAt() + 1);
        request.expiry = uint40(block.timestamp);
        _refuses(reason);
        eq(market.reserveOf(ids[0], INDEX), ReserveWord.used(firstId, first), "the first one's");
    }

    function test_RevertWhen_TheReserveIsTooSmall() public {
        request.lock = RESERVE + 1;
        _refuses(abi.encodeWithSelector(ReserveTooSmall.selector, RESERVE, RESERVE + 1));
        request.lock = type(uint96).max;
        _refuses(abi.encodeWithSelector(ReserveTooSmall.selector, RESERVE, type(uint96).max));
        request.lock = RESERVE;
        taskId = market.hashRequest(request);
        _hold();
    }

    function test_RevertWhen_TheBalanceIsBelowTheCost() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        taskId = market.hashRequest(request);
        uint256 cost = COST + 100_000;
        _as(holder);
        market.withdraw(address(token), 100e6 - cost + 1, STRANGER);
        _refuses(abi.encodeWithSelector(InsufficientBalance.selector, address(token), cost, cost - 1));
        eq(market.orderNonces(holder, 0), 0, "nonce");
        _reserveIsFree();
        VM.startPrank(STRANGER);
        token.transfer(holder, 1);
        VM.stopPrank();
        VM.startPrank(holder);
        token.approve(address(market), 1);
        market.deposit(address(token), 1);
        VM.stopPrank();
        _hold();
        eq(_balance(holder), 0, "to the last unit");
        _solvent(cost, 0);
    }

    // --- who may ---

    /// @dev Its stake stays for what it holds, so nobody is the worse for it.
    function test_GivenALeavingProvider() public {
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        _hold();
        VM.warp(_closesAt() + 1);
        Books memory expected = _books();
        _drop();
        _lost(expected, NO_SHOW, 0);
        expected.requester += COST;
        _booksAre(expected);
        _solvent(0, 0);
    }

    function test_GivenANewOperator() public {
        address successor = VM.addr(OTHER_KEY);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], successor);
        _refuses(abi.encodeWithSelector(NotAnOperator.selector, _operator(ids[0])));
        bytes memory signature = _signRequest(request);
        Order memory order = _order();
        _as(successor);
        (, hold) = market.holdOrder(order, signature, INDEX);
        eq(HoldLib.providerOf(hold), ids[0], "holder");
    }

    function test_WhenTheReserveIsOpenedInTheSameTransaction() public {
        bytes memory signature = _signRequest(request);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoOrders.openReserve, (INDEX, LOCK));
        calls[1] = abi.encodeCall(IDecoOrders.holdOrder, (_order(), signature, INDEX));
        _as(_operator(ids[1]));
        bytes[] memory answers = Multicall(address(market)).multicall(calls);
        (, hold) = abi.decode(answers[1], (bytes32, uint256));
        eq(market.reserveOf(ids[1], INDEX), ReserveWord.used(taskId, hold), "held");
        eq(HoldLib.providerOf(hold), ids[1], "holder");
    }

    function test_GivenTwoReserves() public {
        _reserve(ids[0], 255, LOCK);
        _hold();
        (bytes32 firstId, uint256 first) = (taskId, hold);
        _askNext();
        _holdBy(ids[0], 255);
        eq(market.reserveOf(ids[0], INDEX), ReserveWord.used(firstId, first), "one");
        eq(market.reserveOf(ids[0], 255), ReserveWord.used(taskId, hold), "two");
        eq(HoldLib.amountOf(hold), LOCK, "its own amount");
        _solvent(2 * COST, 0);
        // The one's hold is not the other's.
        hold = first;
        _notHeld();
    }

    function test_WhenTheHolderIsTheRequester() public {
        request.requester = _operator(ids[0]);
        taskId = market.hashRequest(request);
        _pays(request.requester);
        _holdBy(ids[0], INDEX, "");
        eq(_balance(request.requester), 100e6 - COST, "cost");
        _prove(STRANGER, ids[0]);
        eq(_earned(ids[0]), 1e6, "paid");
        _solvent(0, 0);
    }

    function test_WhenAWalletSigns() public {
        Wallet wallet = _fundedWallet();
        request.requester = address(wallet);
        taskId = market.hashRequest(request);
        // Its key's own word is not the wallet's.
        _refused(abi.encodeWithSelector(InvalidSignature.selector, address(wallet)));
        _holdBy(ids[0], INDEX, abi.encode(uint8(27), bytes32(uint256(1)), bytes32(uint256(1))));
        _holdBy(ids[0], INDEX, Keys.signAsWallet(REQUESTER_KEY, taskId));
        eq(_balance(address(wallet)), 100e6 - COST, "cost");
        eq(market.orderNonces(address(wallet), 0), 1 << 7, "nonce");
        _solvent(COST, 0);
    }

    function test_WhenItIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice) = (1 ether, 1 ether);
        taskId = market.hashRequest(request);
        _hold();
        eq(market.balanceOf(address(deco), holder), 100 ether - 1.02 ether, "no posting fee");
        _solvent(0, 1.02 ether);
    }

    function test_WhenThereIsNoPrice() public {
        (request.minPrice, request.maxPrice) = (0, 0);
        taskId = market.hashRequest(request);
        _hold();
        eq(_balance(holder), 100e6, "nothing is taken");
        _prove(STRANGER, ids[0]);
        eq(_earned(ids[0]), 0, "nor paid");
        _solvent(0, 0);
    }

    function test_WhenAllIsWell() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        (request.dataOwner, request.dataBps) = (RELAYER, 500);
        taskId = market.hashRequest(request);
        Order memory order = _order();
        bytes memory signature = _signRequest(request);
        Books memory expected = _books();
        uint256 told =
            HoldLib.pack(ReserveWord.key(ids[0], INDEX), parameters.version(), 200, block.timestamp + COMMIT, RESERVE);
        VM.expectEmit(true, true, true, true);
        emit IDecoOrders.OrderHeld(taskId, holder, request.program, order.terms, order.hold, told);
        _as(_operator(ids[0]));
        (bytes32 id, uint256 given) = market.holdOrder(order, signature, INDEX);
        eq(id, taskId, "task id");
        eq(given, told, "hold");
        hold = given;
        _reserveIsUsed();
        expected.requester -= COST + 150_000;
        _booksAre(expected);
        _solvent(COST + 150_000, 0);
        eq(market.orderNonces(holder, 0), 1 << 7, "nonce");
        // The market knows the hold, not the task; nor does any other way take what is an order.
        _refused(abi.encodeWithSelector(UnknownTask.selector, taskId));
        market.getOutcome(taskId);
        bytes memory proof = _proofOf(ids[0]);
        _refused(abi.encodeWithSelector(NonceUsed.selector, holder, 7));
        _as(_operator(ids[0]));
        market.proveOrder(order, signature, opened, proof);
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("thresholdBps"), 0, 5_001, 7_500));
        market.openSigned(request, signature);
    }

    // --- refusals ---

    function _refuses(bytes memory reason) private {
        _refusesBy(ids[0], INDEX, reason);
    }

    function _refusesBy(uint32 provider, uint8 index, bytes memory reason) private {
        bytes memory signature = _signRequest(request);
        Order memory order = Orders.from(request);
        _refused(reason);
        _as(_operator(provider));
        market.holdOrder(order, signature, index);
    }

    function _refusesWith(bytes memory signature, bytes memory reason) private {
        _refused(reason);
        _holdBy(ids[0], INDEX, signature);
    }

    function _pays(address account) private {
        _fund(account);
        VM.startPrank(account);
        market.deposit(address(token), 100e6);
        VM.stopPrank();
    }
}
