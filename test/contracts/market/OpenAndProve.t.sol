// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {ProvenFixture} from "../ProvenFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";
import {Keys, Wallet} from "../support/Wallets.sol";

contract OpenAndProveTest is ProvenFixture {
    function setUp() public override {
        super.setUp();
        _askProven(0);
    }

    function test_RevertWhen_TheTaskIsTakenAlready() public {
        bytes memory signature = _signRequest(request);
        bytes memory reason = abi.encodeWithSelector(AlreadyPosted.selector, taskId);
        _shoot(ids[0], signature, _proofOf(ids[0]));
        // By whoever it was, and by anybody else.
        _refuses(ids[0], signature, _proofOf(ids[0]), reason);
        _refuses(ids[1], signature, _proofOf(ids[1]), reason);
    }

    function test_RevertWhen_TheTaskIsOpen() public {
        bytes memory signature = _signRequest(request);
        market.openSigned(request, signature);
        _refuses(ids[0], signature, _proofOf(ids[0]), abi.encodeWithSelector(AlreadyPosted.selector, taskId));
    }

    function test_RevertWhen_TheRequesterHasCancelledIt() public {
        _as(holder);
        market.cancelRequest(request);
        _refusesSigned(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
    }

    function test_RevertWhen_TheCallerIsNoOperator() public {
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.openAndProve(request, signature, opened, proof);
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

    function test_RevertWhen_TheRequestHasASeat() public {
        _askProven(1);
        _refusesSigned(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("replicas"), 1, 0, 0));
    }

    function test_RevertWhen_TheRequestIsVotedOn() public {
        _askProven(1);
        (request.policy, request.policyData) = (address(0), 0);
        taskId = market.hashRequest(request);
        _refusesSigned(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(0)));
    }

    function test_RevertWhen_ThePolicyIsAJudge() public {
        EvaluatorPolicy judge = new EvaluatorPolicy(market);
        parameters.setPolicy(address(judge), true, GAS_CAP);
        _setPolicy(address(judge));
        _refusesSigned(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("replicas"), 0, 1, 1));
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

    function test_RevertWhen_PostWouldRefuseTheRequest() public {
        request.minTrust = 9;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("minTrust"), 9, 10, 100));
        _askProven(0);
        request.callbackGas = 1;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("callbackGas"), 1, 0, 0));
        _askProven(0);
        request.programBps = 1;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("programBps"), 1, 0, 0));
        _askProven(0);
        request.panelPrice = 1;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("panelPrice"), 1, 0, 0));
        _askProven(0);
        request.challengeWindow = 1;
        _refusesAnew(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("challengeWindow"), 1, 0, 0));
        _askProven(0);
        request.inputWindow = 1;
        _refusesAnew(abi.encodeWithSelector(FieldNotSupported.selector, bytes32("inputWindow")));
    }

    function test_RevertWhen_TheBalanceIsBelowTheEscrow() public {
        _as(holder);
        market.withdraw(address(token), 100e6 - _escrow(request) + 1, STRANGER);
        _refusesSigned(
            abi.encodeWithSelector(InsufficientBalance.selector, address(token), _escrow(request), _escrow(request) - 1)
        );
    }

    function test_RevertWhen_TheBalanceIsBelowTheFee() public {
        _as(holder);
        market.withdraw(address(deco), 100 ether, STRANGER);
        _refusesSigned(
            abi.encodeWithSelector(InsufficientBalance.selector, address(deco), uint256(Defaults.POSTING_FEE), 0)
        );
    }

    function test_RevertWhen_TheProofIsWrongOrAnotherProviderS() public {
        bytes memory signature = _signRequest(request);
        bytes memory reason = abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]);
        _refuses(ids[0], signature, _proofOf(ids[1]), reason);
        _refuses(ids[0], signature, "", reason);
        bytes memory proof = _proofOf(ids[0]);
        opened.digest = WRONG;
        _refuses(ids[0], signature, proof, reason);
        // Nothing was taken, and nothing is known of the task.
        eq(_balance(holder), 100e6, "balance");
        _refused(abi.encodeWithSelector(UnknownTask.selector, taskId));
        market.getTask(taskId);
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
        bytes memory data = abi.encodeCall(IDecoProofs.openAndProve, (request, signature, opened, proof));
        _as(_operator(ids[0]));
        (bool succeeded, bytes memory answer) = address(market).call{gas: 290_000}(data);
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
        eq(_balance(request.requester), 100e6 - paid - paid * 200 / 10_000, "its fee comes back");
    }

    function test_WhenAWalletSigns() public {
        Wallet wallet = new Wallet(holder);
        require(deco.transfer(address(wallet), 10 ether), "funds");
        token.mint(address(wallet), 100e6);
        wallet.run(address(deco), abi.encodeCall(deco.approve, (address(market), 10 ether)));
        wallet.run(address(token), abi.encodeCall(token.approve, (address(market), 100e6)));
        wallet.run(address(market), abi.encodeCall(market.deposit, (address(deco), 10 ether)));
        wallet.run(address(market), abi.encodeCall(market.deposit, (address(token), 100e6)));
        request.requester = address(wallet);
        taskId = market.hashRequest(request);
        _shoot(ids[0], Keys.signAsWallet(REQUESTER_KEY, taskId), _proofOf(ids[0]));
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
    }

    function test_WhenItIsPaidInDECO() public {
        request.token = address(deco);
        (request.minPrice, request.maxPrice, request.settlementFee) = (1 ether, 2 ether, 1e15);
        taskId = market.hashRequest(request);
        uint256 before = market.balanceOf(address(deco), holder);
        _shoot(ids[0], _signRequest(request), _proofOf(ids[0]));
        uint256 cost = 1 ether + 0.02 ether + 1e15 + Defaults.POSTING_FEE;
        eq(before - market.balanceOf(address(deco), holder), cost, "cost");
        eq(market.earningsOf(address(deco), ids[0]), 1 ether, "paid");
    }

    /// @dev The two ways from one state to the end, compared in all that the market keeps of those concerned.
    function testFuzz_GivenAnyRequest(uint256 seed) public {
        request.volume = seed % 2 == 0 ? 1 : 1_000;
        if (request.volume > 1) opened.root = WRONG;
        if ((seed >> 8) % 2 == 0) {
            (request.programOwner, request.programBps) = (STRANGER, uint16(1 + (seed >> 16) % 5_000));
        }
        if ((seed >> 32) % 2 == 0) (request.dataOwner, request.dataBps) = (STRANGER, uint16(1 + (seed >> 40) % 5_000));
        request.settlementFee = uint96(10_000 + (seed >> 56) % 100_000);
        if ((seed >> 72) % 8 == 0) request.minPrice = 0;
        taskId = market.hashRequest(request);
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        uint256 state = VM.snapshotState();
        _shoot(ids[0], signature, proof);
        bytes32 once = _everything(ids[0]);
        isTrue(VM.revertToState(state), "back");
        market.openSigned(request, signature);
        _as(_operator(ids[0]));
        market.prove(request, new uint32[](0), opened, proof);
        eq(_everything(ids[0]), once, "the same end");
    }

    function test_WhenAllIsWell() public {
        (request.programOwner, request.programBps) = (STRANGER, 1_000);
        taskId = market.hashRequest(request);
        uint256 before = _balance(holder);
        uint256 pending = market.pendingBurn();
        uint256 paid = request.minPrice;
        uint256 fee = paid * 200 / 10_000;
        uint256 refund = _escrow(request) - paid - paid / 10 - fee - request.settlementFee;
        bytes memory signature = _signRequest(request);
        bytes memory proof = _proofOf(ids[0]);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.TaskPosted(taskId, holder, request.program, request);
        VM.expectEmit(true, true, true, true);
        emit IDecoProofs.TaskProven(
            taskId, address(policy), ids[0], RIGHT, 0, ids[0] | (paid << 56), refund, _operator(ids[0]), ""
        );
        eq(_shoot(ids[0], signature, proof), taskId, "task id");

        Outcome memory outcome = market.getOutcome(taskId);
        isTrue(outcome.status == TaskStatus.Settled, "settled");
        isTrue(outcome.proven, "proven");
        eq(outcome.agreeing, 0, "no stake stands behind it");
        (bool accepted,) = market.verifyResult(taskId, 0, RIGHT, new bytes32[](0));
        isTrue(accepted, "result");
        eq(_earned(ids[0]), paid, "paid");
        eq(_balance(_operator(ids[0])), request.settlementFee, "settler");
        eq(_balance(STRANGER), paid / 10, "royalty");
        eq(_balance(TREASURY), fee, "fee");
        eq(before - _balance(holder), paid + paid / 10 + fee + request.settlementFee, "cost");
        eq(market.pendingBurn() - pending, Defaults.POSTING_FEE, "posting fee");
    }

    function _setPolicy(address other) private {
        request.policy = other;
        taskId = market.hashRequest(request);
    }

    function _shoot(uint32 provider, bytes memory signature, bytes memory proof) private returns (bytes32) {
        _as(_operator(provider));
        return market.openAndProve(request, signature, opened, proof);
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

    function _refusesAnew(bytes memory reason) private {
        taskId = market.hashRequest(request);
        _refusesSigned(reason);
    }
}
