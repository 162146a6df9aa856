// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostilePolicy} from "../../../contracts/mocks/HostilePolicy.sol";
import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {EvaluatorPolicy} from "../../../contracts/policies/EvaluatorPolicy.sol";
import {Order} from "../../../contracts/types/Order.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {LivenessFixture} from "../LivenessFixture.sol";
import {Orders} from "../support/Orders.sol";
import {VM} from "../support/Vm.sol";
import {Keys, Wallet} from "../support/Wallets.sol";

/// @dev States of a task that a policy decides.
contract ProofExitsTest is LivenessFixture {
    uint256 private constant KEY = 0x5167;
    uint256 private constant NO_SHOW = LOCK / 10;
    uint256 private constant COST = 1_020_000;

    Request private request;
    bytes32 private taskId;
    SignaturePolicy private instant;
    Order private order;
    uint256 private hold;

    function setUp() public override {
        super.setUp();
        instant = new SignaturePolicy();
        _asks(address(instant), 1, bytes32(uint256(uint160(VM.addr(KEY)))));
    }

    function test_GivenATaskForOneProverAndNobodyWhoTakesItsSeat() public {
        taskId = _post(request);
        _silence();
        _ends(_none(), EndReason.Unfilled);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenAHeldSeatAndSilence() public {
        _held();
        _silence();
        _ends(_members(0, 1), EndReason.Unproven);
        _allLose(0, 1, NO_SHOW);
        _allGoHome(request.settlementFee, 1 ether);
    }

    function test_GivenAHeldSeatAndOneWhoCanProve() public {
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        _later(request.commitWindow + 1);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(KEY, instant.digestOf(taskId, ids[1], RIGHT));
        _as(_operator(ids[1]));
        market.prove(request, _members(0, 1), _opening(RIGHT), abi.encodePacked(r, s, v));
        isTrue(_status(taskId) == TaskStatus.Settled, "rescued");
        eq(_earned(ids[1]), price, "paid");
        uint256 fee = request.settlementFee;
        _as(_operator(ids[1]));
        market.withdraw(address(token), fee, STRANGER);
        _as(_owner(ids[1]));
        market.withdrawEarnings(ids[1], address(deco), NO_SHOW / 2, STRANGER);
        _allLose(0, 1, NO_SHOW);
        _allGoHome(price + price * 200 / 10_000 + fee, 1 ether);
    }

    function test_GivenAHolderThatAbstainedAndSilence() public {
        _held();
        _abstain(taskId, ids[0], 1);
        _silence();
        _ends(_members(0, 1), EndReason.Unproven);
        _allLose(0, 1, LOCK * 50 / 10_000);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenNoSeatAndSilence() public {
        _asks(address(instant), 0, request.policyData);
        taskId = _post(request);
        _silence();
        _ends(_none(), EndReason.Unproven);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenAJudgeThatIsSilent() public {
        _judged();
        _commit(taskId, ids[0], RIGHT);
        _silence();
        _ends(_members(0, 1), EndReason.Unjudged);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenAJudgeWhoseHolderNeverDelivered() public {
        _judged();
        _silence();
        _ends(_members(0, 1), EndReason.Unjudged);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenAPolicyRemovedWhileTheTaskIsOpen() public {
        taskId = _post(request);
        _removed(_none());
    }

    function test_GivenAPolicyRemovedWhileTheSeatIsHeld() public {
        _held();
        _removed(_members(0, 1));
    }

    function test_GivenAPolicyRemovedWhileNoSeatIsNeeded() public {
        _asks(address(instant), 0, request.policyData);
        taskId = _post(request);
        _removed(_none());
    }

    function test_GivenAPolicyThatNeverAnswersWell() public {
        HostilePolicy hostile = new HostilePolicy();
        _asks(address(hostile), 1, 0);
        _held();
        hostile.set(HostilePolicy.Mood(1));
        _silence();
        _ends(_members(0, 1), EndReason.Unproven);
        _allLose(0, 1, NO_SHOW);
        _allGoHome(request.settlementFee, 1 ether);
    }

    // --- orders; they burn no posting fee ---

    function test_GivenAHeldOrderAndSilence() public {
        _holdsOrder();
        _silence();
        _strangerDrops();
        _allLose(0, 1, NO_SHOW);
        _allGoHome(0, 1 ether);
    }

    function test_GivenAHeldOrderAndAHolderThatCanProve() public {
        _holdsOrder();
        _later(request.commitWindow);
        _proves(ids[0], STRANGER);
        _as(_owner(ids[0]));
        market.closeReserve(ids[0], 0);
        _allGoHome(COST, 1 ether);
    }

    function test_GivenAHeldOrderAndOneWhoCanProve() public {
        _holdsOrder();
        _later(request.commitWindow + 1);
        _proves(ids[1], _operator(ids[1]));
        _as(_owner(ids[1]));
        market.withdrawEarnings(ids[1], address(deco), NO_SHOW / 2, STRANGER);
        _allLose(0, 1, NO_SHOW);
        _allGoHome(COST, 1 ether);
    }

    function test_GivenAPolicyRemovedWhileAnOrderIsHeld() public {
        _holdsOrder();
        parameters.tombstonePolicy(address(instant));
        _strangerDrops();
        // Its operator's key is lost, say.
        _as(_owner(ids[0]));
        market.closeReserve(ids[0], 0);
        _allGoHome(0, 1 ether);
    }

    function test_GivenAHeldOrderOfAPolicyThatNeverAnswersWell() public {
        HostilePolicy hostile = new HostilePolicy();
        _asks(address(hostile), 1, request.policyData);
        _holdsOrder();
        hostile.set(HostilePolicy.Mood(1));
        _silence();
        _strangerDrops();
        _allLose(0, 1, NO_SHOW);
        _allGoHome(0, 1 ether);
    }

    function test_GivenAHeldOrderWhoseHolderLeaves() public {
        _holdsOrder();
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        _silence();
        _strangerDrops();
        _allLose(0, 1, NO_SHOW);
        _allGoHome(0, 1 ether);
    }

    /// @dev Which a reserve without an order never keeps from it.
    function test_GivenAReserveAndALostOperatorKey() public {
        _as(_operator(ids[0]));
        market.openReserve(0, STAKE);
        _silence();
        _as(_owner(ids[0]));
        market.closeReserve(ids[0], 0);
        _allGoHome(0, 1 ether);
    }

    // --- steps ---

    /// @dev The first provider holds an order of the requester, which is a wallet, and then says nothing more.
    function _holdsOrder() private {
        VM.etch(REQUESTER, address(new Wallet(VM.addr(KEY))).code);
        VM.startPrank(REQUESTER);
        market.deposit(address(token), COST);
        VM.stopPrank();
        _as(_operator(ids[0]));
        market.openReserve(0, LOCK);
        Order memory asked = Orders.from(request);
        order = asked;
        bytes32 id = market.hashRequest(Orders.toRequest(asked));
        bytes memory signature = Keys.signAsWallet(KEY, id);
        _as(_operator(ids[0]));
        (taskId, hold) = market.holdOrder(asked, signature, 0);
        eq(taskId, id, "task id");
    }

    function _proves(uint32 provider, address sender) private {
        bytes memory proof = Keys.sign(KEY, instant.digestOf(taskId, provider, RIGHT));
        Order memory asked = order;
        _as(sender);
        market.proveHeld(asked, hold, _opening(RIGHT), proof);
    }

    function _strangerDrops() private {
        Order memory asked = order;
        _as(STRANGER);
        market.dropOrder(asked, hold);
    }

    function _asks(address policy, uint8 replicas, bytes32 data) private {
        parameters.setPolicy(policy, true, 200_000);
        request = _request();
        (request.replicas, request.maxReplicas, request.minAgreeing) = (replicas, replicas, 1);
        (request.policy, request.policyData) = (policy, data);
    }

    function _held() private {
        taskId = _post(request);
        _luck(taskId, ids[0]);
        _drawEveryone(request, taskId);
        _claim(request, ids[0]);
    }

    function _judged() private {
        _asks(address(new EvaluatorPolicy(market)), 1, bytes32(uint256(0xe7a1)));
        _held();
    }

    function _ends(uint32[] memory roster, EndReason reason) private {
        _strangerExpires(request, roster);
        _isEnded(taskId, reason);
    }

    function _removed(uint32[] memory roster) private {
        parameters.tombstonePolicy(request.policy);
        _ends(roster, EndReason.PolicyRemoved);
        _allGoHome(request.settlementFee, 0);
    }
}
