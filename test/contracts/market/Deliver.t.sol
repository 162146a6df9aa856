// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoAccounts} from "../../../contracts/interfaces/IDecoAccounts.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {Opening, Reveal} from "../../../contracts/types/Opening.sol";
import {PostParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract DeliverTest is MarketFixture {
    bytes private constant DOCUMENT = '{"deco":"result/1","exitCode":0}';

    uint32[] private three;
    HostileReceiver private receiver;
    Request private request;
    bytes32 private taskId;
    Opening private opened;

    function setUp() public override {
        super.setUp();
        three = _providers(3);
        receiver = new HostileReceiver();
        opened = Opening(sha256(DOCUMENT), 0, DOCUMENT);
        request = _request();
        (request.callback, request.callbackGas) = (address(receiver), 400_000);
    }

    // --- refusals ---

    function test_RevertWhen_ACallbackHasNoGas() public {
        request.callbackGas = 0;
        _outOfRange(0, 1, 1_000_000);
    }

    function test_RevertWhen_GasHasNoCallback() public {
        request.callback = address(0);
        _outOfRange(400_000, 0, 0);
    }

    function test_RevertWhen_TheGasIsAboveTheGovernedCap() public {
        request.callbackGas = 1_000_001;
        _outOfRange(1_000_001, 1, 1_000_000);
        PostParameters memory limits = Defaults.post();
        limits.maxCallbackGas = 300_000;
        parameters.setParameters(Defaults.task(), limits);
        request.callbackGas = 400_000;
        _outOfRange(400_000, 1, 300_000);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        bytes32 unknown = market.hashRequest(request);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        market.deliver(request, opened);
    }

    function test_RevertWhen_TheTaskHasNotSettled() public {
        taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        market.deliver(request, opened);
        _vote(request, taskId, three, _same(3, sha256(DOCUMENT)));
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Revealing));
        market.deliver(request, opened);
    }

    function test_RevertWhen_TheTaskEndedWithoutAResult() public {
        taskId = _post(request);
        _as(REQUESTER);
        market.cancel(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Ended));
        market.deliver(request, opened);
    }

    function test_RevertWhen_TheRequestNamesNoCallback() public {
        (request.callback, request.callbackGas) = (address(0), 0);
        _settled();
        _refused(abi.encodeWithSelector(NoCallback.selector, taskId));
        market.deliver(request, opened);
    }

    function test_RevertWhen_AnotherResultIsOpened() public {
        _settled();
        _refused(abi.encodeWithSelector(WrongResult.selector, taskId, WRONG));
        market.deliver(request, _opening(WRONG));
    }

    function test_RevertWhen_TheDocumentDoesNotHashToTheDigest() public {
        _settled();
        _refused(abi.encodeWithSelector(DocumentMismatch.selector, opened.digest, sha256("{}")));
        opened.document = "{}";
        market.deliver(request, opened);
    }

    function test_RevertWhen_ARootIsGivenForASingleRun() public {
        _settled();
        opened.root = "root";
        _refused(abi.encodeWithSelector(InvalidOpening.selector));
        market.deliver(request, opened);
    }

    function test_RevertWhen_TheResultWasDeliveredBefore() public {
        _settled();
        isTrue(market.deliver(request, opened), "delivered");
        _refused(abi.encodeWithSelector(AlreadyDelivered.selector, taskId));
        market.deliver(request, opened);
        eq(receiver.received(), 1, "once");
    }

    function test_RevertWhen_TooLittleGasIsLeft() public {
        _settled();
        (bool succeeded, bytes memory answer) =
            address(market).call{gas: 450_000}(abi.encodeCall(IDecoProofs.deliver, (request, opened)));
        isTrue(!succeeded, "refused");
        eq(bytes32(bytes4(answer)), bytes32(GasTooLow.selector), "by its name");
        eq(receiver.received(), 0, "nothing was called");
    }

    // --- hostile receivers ---

    function testFuzz_GivenAnyGasLimit(uint256 limit) public {
        request.callbackGas = 300_000;
        _settled();
        // All but what the loop needs to notice that it is done.
        receiver.setWork(298_000);
        limit = 100_000 + limit % 600_000;
        (bool succeeded, bytes memory answer) =
            address(market).call{gas: limit}(abi.encodeCall(IDecoProofs.deliver, (request, opened)));
        if (succeeded) isTrue(abi.decode(answer, (bool)), "never failed for want of gas");
        eq(market.getOutcome(taskId).delivered ? 1 : 0, succeeded ? 1 : 0, "delivered or refused");
    }

    function test_GivenTheCallbackHasNoCode() public {
        bytes memory code = address(receiver).code;
        _settled();
        // Destroyed since the post.
        VM.etch(address(receiver), "");
        _fails();
        VM.etch(address(receiver), code);
        isTrue(market.deliver(request, opened), "later");
    }

    function test_GivenTheCallbackReverts() public {
        _settled();
        receiver.set(HostileReceiver.Mood.Reverts);
        _fails();
        _fails();
        receiver.set(HostileReceiver.Mood.Accepts);
        isTrue(market.deliver(request, opened), "later");
        eq(receiver.received(), 1, "once");
    }

    function test_GivenTheCallbackBombsWithReturnData() public {
        _settled();
        receiver.set(HostileReceiver.Mood.Bombs);
        uint256 before = gasleft();
        _fails();
        // Copying 200,000 bytes twice would cost more than this.
        atMost(before - gasleft(), 250_000, "gas");
    }

    function test_GivenTheCallbackBurnsAllGas() public {
        _settled();
        receiver.set(HostileReceiver.Mood.Burns);
        uint256 before = gasleft();
        _fails();
        atMost(before - gasleft(), uint256(request.callbackGas) + 80_000, "gas");
    }

    function test_GivenTheCallbackDestroysItself() public {
        _settled();
        receiver.set(HostileReceiver.Mood.Destroys);
        isTrue(market.deliver(request, opened), "delivered");
        isTrue(market.getOutcome(taskId).delivered, "outcome");
    }

    function test_GivenTheCallbackEntersEveryCallOfTheMarket() public {
        // The receiver is the requester too: as much of a party as it can be.
        _fund(address(receiver));
        request.requester = address(receiver);
        request.callbackGas = 1_000_000;
        _settled();
        bytes[] memory calls = _everyCall();
        receiver.setCalls(address(market), calls);
        uint256 held = token.balanceOf(address(market));
        uint256 refund = _balance(address(receiver));
        bytes32 outcome = keccak256(abi.encode(market.getOutcome(taskId)));
        isTrue(market.deliver(request, opened), "delivered");
        for (uint256 i = 0; i < calls.length; ++i) {
            isTrue(!receiver.entered(i), string(abi.encodePacked("call ", bytes4(calls[i]))));
        }
        eq(token.balanceOf(address(market)), held, "no token moved");
        eq(_balance(address(receiver)), refund, "no balance moved");
        isTrue(keccak256(abi.encode(market.getOutcome(taskId))) != outcome, "only the flag");
    }

    function test_GivenTheCallbackPostsItsNextTask() public {
        _fund(address(receiver));
        request.requester = address(receiver);
        request.callbackGas = 1_000_000;
        _settled();
        Request memory next = _request();
        next.requester = address(receiver);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoAccounts.withdraw, (address(token), 1, address(receiver)));
        calls[1] = abi.encodeCall(IDecoTasks.post, (next));
        receiver.setCalls(address(market), calls);
        isTrue(market.deliver(request, opened), "delivered");
        isTrue(receiver.entered(0) && receiver.entered(1), "both");
        eq(uint256(_status(market.hashRequest(next))), uint256(TaskStatus.Open), "posted");
    }

    function test_GivenACallbackThatFailsInOneBatchWithSettle() public {
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, sha256(DOCUMENT)));
        receiver.set(HostileReceiver.Mood.Burns);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoTasks.settle, (request, three, opened));
        calls[1] = abi.encodeCall(IDecoProofs.deliver, (request, opened));
        Multicall(address(market)).multicall(calls);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "settled");
        isTrue(_earned(three[0]) > 0, "paid");
        isTrue(!market.getOutcome(taskId).delivered, "not delivered");
    }

    function test_GivenABag() public {
        request.volume = 2;
        taskId = _post(request);
        bytes32 root = keccak256("root");
        bytes32 manifest = sha256(DOCUMENT);
        _vote(request, taskId, three, _same(3, keccak256(abi.encode(root, manifest))));
        market.settle(request, three, Opening(manifest, root, ""));
        _refused(abi.encodeWithSelector(InvalidOpening.selector));
        market.deliver(request, Opening(manifest, 0, ""));
        isTrue(market.deliver(request, Opening(manifest, root, "")), "delivered");
        eq(receiver.lastRoot(), root, "root");
        eq(receiver.lastDigest(), manifest, "manifest");
        eq(receiver.lastDocument().length, 0, "a digest is enough");
    }

    function test_WhenAllIsWell() public {
        _settled();
        VM.expectEmit(true, true, false, true);
        emit IDecoProofs.ResultDelivered(taskId, address(receiver));
        _as(STRANGER);
        isTrue(market.deliver(request, opened), "delivered");
        eq(receiver.lastTask(), taskId, "task");
        eq(keccak256(receiver.lastDocument()), keccak256(DOCUMENT), "document");
        eq(receiver.lastBudget(), 300 ether, "budget");
        isTrue(market.getOutcome(taskId).delivered, "outcome");
        (bool accepted,) = market.verifyResult(taskId, 0, sha256(DOCUMENT), new bytes32[](0));
        isTrue(accepted, "verified as before");
    }

    // --- helpers ---

    function _settled() private {
        taskId = _post(request);
        _vote(request, taskId, three, _same(3, sha256(DOCUMENT)));
        _settle(request, three, sha256(DOCUMENT));
    }

    function _fails() private {
        VM.expectEmit(true, true, false, true);
        emit IDecoProofs.DeliveryFailed(taskId, address(receiver));
        isTrue(!market.deliver(request, opened), "failed");
        isTrue(!market.getOutcome(taskId).delivered, "retriable");
    }

    function _outOfRange(uint256 value, uint256 minimum, uint256 maximum) private {
        _refused(abi.encodeWithSelector(FieldOutOfRange.selector, bytes32("callbackGas"), value, minimum, maximum));
        _as(REQUESTER);
        market.post(request);
    }

    /// @dev Every call that could move something of this task, or of others; none may come through.
    function _everyCall() private view returns (bytes[] memory calls) {
        Opening memory opening = opened;
        calls = new bytes[](23);
        calls[0] = abi.encodeCall(IDecoProofs.deliver, (request, opening));
        calls[1] = abi.encodeCall(IDecoTasks.settle, (request, three, opening));
        calls[2] = abi.encodeCall(IDecoTasks.expire, (request, three));
        calls[3] = abi.encodeCall(IDecoTasks.escalate, (request));
        calls[4] = abi.encodeCall(IDecoTasks.cancel, (request));
        calls[5] = abi.encodeCall(IDecoTasks.decline, (request));
        calls[6] = abi.encodeCall(IDecoTasks.reseed, (request));
        calls[7] = abi.encodeCall(IDecoTasks.abstain, (taskId, 1));
        calls[8] = abi.encodeCall(IDecoTasks.commit, (taskId, RIGHT));
        calls[9] = abi.encodeCall(IDecoTasks.reveal, (new Reveal[](1)));
        calls[10] = abi.encodeCall(IDecoTasks.post, (request));
        calls[11] = abi.encodeCall(IDecoProofs.checkpoint, (taskId, RIGHT, 1));
        calls[12] = abi.encodeCall(IDecoProviders.unbond, (1, 1));
        calls[13] = abi.encodeCall(IDecoProviders.withdrawStake, (1));
        calls[14] = abi.encodeCall(IDecoProviders.setOperator, (1, STRANGER));
        calls[15] = abi.encodeCall(IDecoProviders.offerOwnership, (1, STRANGER));
        calls[16] = abi.encodeCall(IDecoProviders.acceptOwnership, (1));
        calls[17] = abi.encodeCall(IDecoProviders.deregister, (1));
        calls[18] = abi.encodeCall(IDecoProviders.describe, (1, RIGHT, ""));
        calls[19] = abi.encodeCall(IDecoProviders.stake, (1, 1));
        calls[20] = abi.encodeCall(IDecoAccounts.withdrawEarnings, (1, address(token), 1, STRANGER));
        calls[21] = abi.encodeCall(IDecoAccounts.withdraw, (address(token), type(uint256).max, STRANGER));
        calls[22] = abi.encodeCall(IDecoAccounts.deposit, (address(token), type(uint256).max));
    }
}
