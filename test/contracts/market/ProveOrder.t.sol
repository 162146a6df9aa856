// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IDecoOrders} from "../../../contracts/interfaces/IDecoOrders.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {OrderTerms} from "../../../contracts/types/Order.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {ProvenFixture} from "../ProvenFixture.sol";
import {Orders} from "../support/Orders.sol";
import {VM} from "../support/Vm.sol";
import {Keys, Wallet} from "../support/Wallets.sol";

contract ProveOrderTest is ProvenFixture {
    function setUp() public override {
        super.setUp();
        _askOrder();
    }

    function test_RevertWhen_TheOrderIsFilledAlready() public {
        bytes memory signature = _signRequest(request);
        bytes memory reason = abi.encodeWithSelector(NonceUsed.selector, holder, 7);
        _shoot(ids[0], signature, _proofOf(ids[0]));
        // By whoever it was, and by anybody else.
        _refuses(ids[0], signature, _proofOf(ids[0]), reason);
        _refuses(ids[1], signature, _proofOf(ids[1]), reason);
        // Another order of the same nonce is no better.
        ++request.minPrice;
        ++request.maxPrice;
        _refusesAnew(reason);
    }

    function test_RevertWhen_TheRequesterHasCancelledIt() public {
        _as(holder);
        market.cancelRequest(request);
        _refusesSigned(abi.encodeWithSelector(NonceUsed.selector, holder, 7));
    }

    function test_RevertWhen_TheRequesterHasCancelledTheNonce() public {
        _as(holder);
        market.cancelOrders(0, 1 << 7);
        _refusesSigned(abi.encodeWithSelector(NonceUsed.selector, holder, 7));
        request.nonce = 8;
        taskId = market.hashRequest(request);
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
    }

    function test_RevertWhen_TheCallerIsNoOperator() public {
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.proveOrder(Orders.from(request), signature, opened, proof);
    }

    function test_RevertWhen_TheRequestIsNotSigned() public {
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _refuses(ids[0], "", _proofOf(ids[0]), reason);
        _refuses(ids[0], Keys.sign(OTHER_KEY, taskId), _proofOf(ids[0]), reason);
        _refuses(ids[0], Keys.malleated(_signRequest(request)), _proofOf(ids[0]), reason);
    }

    function test_RevertWhen_AnotherRequestWasSigned() public {
        bytes memory signature = _signRequest(request);
        ++request.nonce;
        taskId = market.hashRequest(request);
        _refuses(ids[0], signature, _proofOf(ids[0]), abi.encodeWithSelector(InvalidSignature.selector, holder));
    }

    function test_RevertWhen_ItWasSignedForAnotherChainOrMarket() public {
        uint256 here = block.chainid;
        VM.chainId(here + 1);
        bytes memory elsewhere = _signRequest(request);
        VM.chainId(here);
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _refuses(ids[0], elsewhere, _proofOf(ids[0]), reason);
        IDecoMarket other = _deployMarket(deco, parameters, randomness);
        _refuses(ids[0], Keys.sign(REQUESTER_KEY, other.hashRequest(request)), _proofOf(ids[0]), reason);
    }

    function test_RevertWhen_TheRequestHasExpired() public {
        VM.warp(uint256(request.expiry) + 1);
        _refusesSigned(abi.encodeWithSelector(RequestExpired.selector, request.expiry, block.timestamp));
        VM.warp(request.expiry);
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
    }

    function test_RevertWhen_TheOrderIsToBeHeld() public {
        request.lock = 1;
        _wantsHold();
        (request.lock, request.commitWindow) = (0, 1);
        _wantsHold();
        (request.commitWindow, request.revealWindow) = (0, 1);
        _wantsHold();
        request.revealWindow = 0;
        taskId = market.hashRequest(request);
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
    }

    /// @dev What calls bring has no room for it, so it stands for another request than was signed.
    function test_RevertWhen_TheSignedRequestIsNoOrder() public {
        bytes memory reason = abi.encodeWithSelector(InvalidSignature.selector, holder);
        _askProven(0);
        _refusesSigned(reason);
        _askOrder();
        request.callback = STRANGER;
        _refusesAnew(reason);
        _askOrder();
        ++request.maxPrice;
        _refusesAnew(reason);
        _askOrder();
        request.minTrust = 10;
        _refusesAnew(reason);
    }

    function test_RevertWhen_ThereIsNoPolicy() public {
        request.policyData = 0;
        _setPolicy(address(0));
        _refusesSigned(abi.encodeWithSelector(PolicyNotListed.selector, address(0)));
    }

    function test_RevertWhen_ThePolicyIsAJudge() public {
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, GAS_CAP);
        _setPolicy(address(judge));
        _refusesSigned(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(judge)));
    }

    function test_RevertWhen_TheTokenIsNotListed() public {
        parameters.setToken(address(token), TokenParameters({listed: false, lockRate: 0, minSettlementFee: 0}));
        _refusesSigned(abi.encodeWithSelector(TokenNotListed.selector, address(token)));
    }

    function test_RevertWhen_ThePolicyIsNotListed() public {
        parameters.setPolicy(address(policy), false, GAS_CAP);
        _refusesSigned(abi.encodeWithSelector(PolicyNotListed.selector, address(policy)));
        _setPolicy(STRANGER);
        _refusesSigned(abi.encodeWithSelector(PolicyNotListed.selector, STRANGER));
    }

    function test_RevertWhen_ThePolicyIsRemoved() public {
        parameters.tombstonePolicy(address(policy));
        _refusesSigned(abi.encodeWithSelector(PolicyNotListed.selector, address(policy)));
    }

    function test_RevertWhen_AFieldIsOutOfRange() public {
        request.volume = 0;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("volume"), 0, 1, 2 ** 20));
        _askOrder();
        request.programBps = 1;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("programBps"), 1, 0, 0));
        _askOrder();
        (request.dataOwner, request.dataBps) = (STRANGER, 5_001);
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("dataBps"), 5_001, 1, 5_000));
    }

    function test_RevertWhen_TheBalanceIsBelowTheCost() public {
        uint256 cost = uint256(request.minPrice) + request.minPrice * 200 / 10_000;
        _as(holder);
        market.withdraw(address(token), 100e6 - cost + 1, STRANGER);
        _refusesSigned(abi.encodeWithSelector(InsufficientBalance.selector, address(token), cost, cost - 1));
        VM.startPrank(STRANGER);
        token.transfer(holder, 1);
        VM.stopPrank();
        VM.startPrank(holder);
        token.approve(address(market), 1);
        market.deposit(address(token), 1);
        VM.stopPrank();
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
        eq(_balance(holder), 0, "to the last unit");
    }

    function test_RevertWhen_TheProofIsWrongOrAnotherProviderS() public {
        bytes memory signature = _signRequest(request);
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]);
        _refuses(ids[0], signature, _proofOf(ids[1]), reason);
        _refuses(ids[0], signature, "", reason);
        bytes memory proof = _proofOf(ids[0]);
        opened.digest = WRONG;
        _refuses(ids[0], signature, proof, reason);
        // Nothing was taken, and the nonce is free.
        eq(_balance(holder), 100e6, "balance");
        eq(market.orderNonces(holder, 0), 0, "nonce");
    }

    function test_RevertWhen_ThePolicyDoesNotServeTheData() public {
        request.policyData = 0;
        taskId = market.hashRequest(request);
        _refusesSigned(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
    }

    function test_RevertWhen_TheOpeningDoesNotFit() public {
        opened.root = WRONG;
        _refusesSigned(abi.encodeWithSelector(InvalidOpening.selector));
    }

    function test_RevertWhen_TooLittleGasIsLeftForThePolicy() public {
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        bytes memory data = abi.encodeCall(IDecoOrders.proveOrder, (Orders.from(request), signature, opened, proof));
        _as(_operator(ids[0]));
        (bool succeeded, bytes memory answer) = address(market).call{gas: 270_000}(data);
        isTrue(!succeeded, "refused");
        eq(bytes32(bytes4(answer)), bytes32(GasTooLow.selector), "by its name");
    }

    function test_GivenAPolicyThatAnswersBadly() public {
        HostilePolicy hostile = new HostilePolicy();
        parameters.setPolicy(address(hostile), true, GAS_CAP);
        _setPolicy(address(hostile));
        bytes memory signature = _signRequest(request);
        for (uint256 i = 0; i < 6; ++i) {
            hostile.set(HostilePolicy.Mood(i));
            uint256 before = gasleft();
            _refuses(ids[0], signature, "", abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
            atMost(before - gasleft(), 500_000, "gas");
        }
    }

    function test_WhenTheProverIsTheRequester() public {
        request.requester = _operator(ids[0]);
        taskId = market.hashRequest(request);
        _fund(request.requester);
        VM.startPrank(request.requester);
        market.deposit(address(token), 100e6);
        market.deposit(address(deco), 100 ether);
        VM.stopPrank();
        _shoot(ids[0], "", _proofOf(ids[0]));
        uint256 paid = request.minPrice;
        eq(_earned(ids[0]), paid, "paid");
        eq(_balance(request.requester), 100e6 - paid - paid * 200 / 10_000, "cost");
    }

    function test_WhenAWalletSigns() public {
        Wallet wallet = _fundedWallet();
        request.requester = address(wallet);
        taskId = market.hashRequest(request);
        _shoot(ids[0], Keys.signAsWallet(REQUESTER_KEY, taskId), _proofOf(ids[0]));
        eq(_earned(ids[0]), request.minPrice, "paid");
        eq(market.orderNonces(address(wallet), 0), 1 << 7, "nonce");
    }

    function test_WhenItIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice) = (1 ether, 1 ether);
        taskId = market.hashRequest(request);
        uint256 before = market.balanceOf(address(deco), holder);
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
        eq(before - market.balanceOf(address(deco), holder), 1.02 ether, "cost");
        eq(market.earningsOf(address(deco), ids[0]), 1 ether, "paid");
    }

    /// @dev Whatever the order names, what its requester pays is what others get; nobody else's account moves.
    function testFuzz_GivenAnyOrder(uint256 seed, uint256 nonce) public {
        request.nonce = nonce;
        request.volume = seed % 2 == 0 ? 1 : 1_000;
        if (request.volume > 1) opened.root = WRONG;
        if ((seed >> 8) % 2 == 0) {
            (request.programOwner, request.programBps) = (STRANGER, uint16(1 + (seed >> 16) % 5_000));
        }
        if ((seed >> 32) % 2 == 0) (request.dataOwner, request.dataBps) = (holder, uint16(1 + (seed >> 40) % 5_000));
        request.minPrice = uint96((seed >> 56) % 20e6);
        request.maxPrice = request.minPrice;
        taskId = market.hashRequest(request);
        uint256 fee = uint256(request.minPrice) * 200 / 10_000;
        uint256 program = uint256(request.minPrice) * request.programBps / 10_000;
        uint256 data = uint256(request.minPrice) * request.dataBps / 10_000;
        bytes32 untouched = _untouched();
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
        eq(_earned(ids[0]), request.minPrice, "price");
        eq(_balance(TREASURY), fee, "fee");
        eq(_balance(STRANGER), program, "royalty of the program");
        eq(_balance(holder), 100e6 - request.minPrice - fee - program, "cost, less the own royalty");
        eq(market.orderNonces(holder, uint248(nonce >> 8)), 1 << (nonce & 0xff), "nonce");
        eq(_untouched(), untouched, "nothing else");
        isTrue(data <= request.minPrice / 2, "bound");
    }

    function test_WhenAllIsWell() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        taskId = market.hashRequest(request);
        uint256 paid = request.minPrice;
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        VM.expectEmit(true, true, true, true);
        emit IDecoOrders.OrderPosted(
            taskId,
            holder,
            request.program,
            OrderTerms({
                nonce: 7,
                expiry: request.expiry,
                input: request.input,
                volume: 1,
                token: address(token),
                price: request.minPrice,
                policy: address(policy),
                policyData: request.policyData,
                programOwner: STRANGER,
                programBps: 1_000,
                dataOwner: address(0),
                dataBps: 0
            })
        );
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.RoyaltyPaid(taskId, STRANGER, paid / 10);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(
            taskId, address(policy), ids[0], RIGHT, 0, ids[0] | (paid << 56), 0, _operator(ids[0]), ""
        );
        eq(_shoot(ids[0], signature, proof), taskId, "task id");
        // The market knows the nonce, not the task.
        _refused(abi.encodeWithSelector(UnknownTask.selector, taskId));
        market.getOutcome(taskId);
        // Nor does any other way take what was an order.
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("thresholdBps"), 0, 5_001, 7_500));
        market.openSigned(request, signature);
    }

    /// @dev What an order moves nothing of.
    function _untouched() private view returns (bytes32 digest) {
        digest = keccak256(abi.encode(_work(ids[0]), _stake(ids[0]), market.pendingBurn(), market.totalStake()));
        return keccak256(abi.encode(digest, _balance(_operator(ids[0])), market.balanceOf(address(deco), holder)));
    }

    function _setPolicy(address other) private {
        request.policy = other;
        taskId = market.hashRequest(request);
    }

    function _shoot(uint32 provider, bytes memory signature, bytes memory proof) private returns (bytes32) {
        _as(_operator(provider));
        return market.proveOrder(Orders.from(request), signature, opened, proof);
    }

    function _refuses(uint32 provider, bytes memory signature, bytes memory proof, bytes memory reason) private {
        _refused(reason);
        _shoot(provider, signature, proof);
    }

    /// @dev Though all else is well.
    function _refusesSigned(bytes memory reason) private {
        bytes memory signature = _signRequest(request);
        _refuses(ids[0], signature, _proofOf(ids[0]), reason);
    }

    function _wantsHold() private {
        taskId = market.hashRequest(request);
        _refusesSigned(abi.encodeWithSelector(OrderWantsHold.selector, taskId));
    }

    function _refusesAnew(bytes memory reason) private {
        taskId = market.hashRequest(request);
        _refusesSigned(reason);
    }
}
