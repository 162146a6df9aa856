// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {DecoParameters} from "../../../contracts/governance/DecoParameters.sol";
import {IDecoParameters} from "../../../contracts/interfaces/IDecoParameters.sol";
import {PostParameters, TaskParameters, TokenParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

/// @notice The timelock as the deployment sets it up: the deployer lists tokens and hands over in one operation, which takes
/// its own roles away.
contract TimelockTest is MarketFixture {
    address private constant COUNCIL = address(0xc0);
    address private constant DEPLOYER = address(0xde);
    uint256 private constant DELAY = 2 days;
    bytes32 private constant NONE = bytes32(0);

    TimelockController private timelock;
    bytes32 private proposer;
    bytes32 private canceller;
    bytes32 private executor;
    bytes32 private admin;

    address[] private targets;
    bytes[] private payloads;

    function setUp() public override {
        super.setUp();
        address[] memory deployer = new address[](1);
        deployer[0] = DEPLOYER;
        timelock = new TimelockController(0, deployer, deployer, address(0));
        proposer = timelock.PROPOSER_ROLE();
        canceller = timelock.CANCELLER_ROLE();
        executor = timelock.EXECUTOR_ROLE();
        admin = timelock.DEFAULT_ADMIN_ROLE();
        parameters.transferOwnership(address(timelock));

        _call(address(parameters), abi.encodeCall(Ownable2Step.acceptOwnership, ()));
        _call(
            address(parameters),
            abi.encodeCall(DecoParameters.setToken, (address(token), TokenParameters(true, 1e29, 10_000)))
        );
        _call(address(timelock), abi.encodeCall(IAccessControl.grantRole, (proposer, COUNCIL)));
        _call(address(timelock), abi.encodeCall(IAccessControl.grantRole, (canceller, COUNCIL)));
        _call(address(timelock), abi.encodeCall(IAccessControl.grantRole, (executor, address(0))));
        _call(address(timelock), abi.encodeCall(IAccessControl.revokeRole, (proposer, DEPLOYER)));
        _call(address(timelock), abi.encodeCall(IAccessControl.revokeRole, (canceller, DEPLOYER)));
        _call(address(timelock), abi.encodeCall(IAccessControl.revokeRole, (executor, DEPLOYER)));
        _call(address(timelock), abi.encodeCall(TimelockController.updateDelay, (DELAY)));
        uint256[] memory values = new uint256[](targets.length);
        VM.startPrank(DEPLOYER);
        timelock.scheduleBatch(targets, values, payloads, NONE, NONE, 0);
        timelock.executeBatch(targets, values, payloads, NONE, NONE);
        VM.stopPrank();
    }

    // --- the end of the deployment ---

    function test_GivenTheDeploymentHasEnded() public view {
        eq(parameters.owner(), address(timelock), "owner");
        eq(parameters.pendingOwner(), address(0), "pending owner");
        eq(timelock.getMinDelay(), DELAY, "delay");
        isTrue(parameters.tokenParameters(address(token)).listed, "token");
        isTrue(timelock.hasRole(proposer, COUNCIL) && timelock.hasRole(canceller, COUNCIL), "council");
        isTrue(timelock.hasRole(executor, address(0)), "open execution");
        isTrue(timelock.hasRole(admin, address(timelock)), "its own admin");
        address[3] memory powerless = [DEPLOYER, address(this), STRANGER];
        for (uint256 i = 0; i < powerless.length; ++i) {
            isTrue(!timelock.hasRole(proposer, powerless[i]), "proposer");
            isTrue(!timelock.hasRole(canceller, powerless[i]), "canceller");
            isTrue(!timelock.hasRole(executor, powerless[i]), "executor");
            isTrue(!timelock.hasRole(admin, powerless[i]), "admin");
        }
        isTrue(!timelock.hasRole(admin, COUNCIL), "the council is no admin");
    }

    function test_RevertWhen_TheDeployerSchedules() public {
        _unauthorized(DEPLOYER, proposer);
        _schedule(DEPLOYER, _newFee(100), DELAY);
    }

    function test_RevertWhen_TheDeployerCancels() public {
        _schedule(COUNCIL, _newFee(100), DELAY);
        bytes32 id = _id(_newFee(100));
        _unauthorized(DEPLOYER, canceller);
        VM.prank(DEPLOYER);
        timelock.cancel(id);
    }

    function test_RevertWhen_TheDeployerGrantsItselfARole() public {
        _unauthorized(DEPLOYER, admin);
        VM.prank(DEPLOYER);
        timelock.grantRole(proposer, DEPLOYER);
    }

    function test_RevertWhen_TheDeployerChangesTheParameters() public {
        _notOwner(DEPLOYER);
        VM.prank(DEPLOYER);
        parameters.setTreasury(DEPLOYER);
    }

    // --- only through the timelock ---

    function test_RevertWhen_AStrangerSchedules() public {
        _unauthorized(STRANGER, proposer);
        _schedule(STRANGER, _newFee(100), DELAY);
    }

    function test_RevertWhen_TheCouncilChangesTheParametersDirectly() public {
        _notOwner(COUNCIL);
        VM.prank(COUNCIL);
        parameters.setParameters(Defaults.task(), Defaults.post());
    }

    function test_RevertWhen_TheCouncilGrantsARoleDirectly() public {
        _unauthorized(COUNCIL, admin);
        VM.prank(COUNCIL);
        timelock.grantRole(proposer, STRANGER);
    }

    function test_RevertWhen_TheCouncilShortensTheDelayDirectly() public {
        _refused(abi.encodeWithSelector(TimelockController.TimelockUnauthorizedCaller.selector, COUNCIL));
        VM.prank(COUNCIL);
        timelock.updateDelay(0);
    }

    function test_RevertWhen_TheCouncilSchedulesBelowTheDelay() public {
        _refused(abi.encodeWithSelector(TimelockController.TimelockInsufficientDelay.selector, DELAY - 1, DELAY));
        _schedule(COUNCIL, _newFee(100), DELAY - 1);
    }

    function test_RevertWhen_AnOperationIsExecutedBeforeItsDelay() public {
        _schedule(COUNCIL, _newFee(100), DELAY);
        _later(DELAY - 1);
        _notReady(_newFee(100));
        _execute(COUNCIL, _newFee(100));
    }

    function test_WhenAStrangerExecutesAfterTheDelay() public {
        _schedule(COUNCIL, _newFee(100), DELAY);
        _later(DELAY);
        _execute(STRANGER, _newFee(100));
        eq(parameters.version(), 2, "version");
        eq(parameters.taskParameters(2).protocolFeeBps, 100, "fee");
        eq(parameters.taskParameters(1).protocolFeeBps, Defaults.task().protocolFeeBps, "the old version stays");
    }

    function test_RevertWhen_AnOperationIsExecutedTwice() public {
        _schedule(COUNCIL, _newFee(100), DELAY);
        _later(DELAY);
        _execute(STRANGER, _newFee(100));
        _notReady(_newFee(100));
        _execute(STRANGER, _newFee(100));
    }

    function test_RevertWhen_ACancelledOperationIsExecuted() public {
        _schedule(COUNCIL, _newFee(100), DELAY);
        bytes32 id = _id(_newFee(100));
        VM.prank(COUNCIL);
        timelock.cancel(id);
        _later(DELAY);
        _notReady(_newFee(100));
        _execute(COUNCIL, _newFee(100));
    }

    function test_RevertWhen_AnOperationLeavesTheBounds() public {
        _schedule(COUNCIL, _newFee(501), DELAY);
        _later(DELAY);
        bytes32 name = "protocolFeeBps";
        _refused(abi.encodeWithSelector(IDecoParameters.ParameterOutOfBounds.selector, name, 501, 0, 500));
        _execute(COUNCIL, _newFee(501));
    }

    function test_WhenTheDelayIsShortened() public {
        bytes memory shorter = abi.encodeCall(TimelockController.updateDelay, (1 hours));
        VM.prank(COUNCIL);
        timelock.schedule(address(timelock), 0, shorter, NONE, NONE, DELAY);
        _later(DELAY);
        timelock.execute(address(timelock), 0, shorter, NONE, NONE);
        eq(timelock.getMinDelay(), 1 hours, "delay");
    }

    function test_WhenOwnershipPassesToAnotherTimelock() public {
        address[] memory council = new address[](1);
        council[0] = COUNCIL;
        TimelockController next = new TimelockController(DELAY, council, new address[](1), address(0));
        bytes memory offer = abi.encodeCall(Ownable2Step.transferOwnership, (address(next)));
        bytes memory accept = abi.encodeCall(Ownable2Step.acceptOwnership, ());
        VM.startPrank(COUNCIL);
        timelock.schedule(address(parameters), 0, offer, NONE, NONE, DELAY);
        next.schedule(address(parameters), 0, accept, NONE, NONE, DELAY);
        VM.stopPrank();
        _later(DELAY);
        timelock.execute(address(parameters), 0, offer, NONE, NONE);
        eq(parameters.owner(), address(timelock), "the old owner stays until the new one accepts");
        next.execute(address(parameters), 0, accept, NONE, NONE);
        eq(parameters.owner(), address(next), "owner");
    }

    // --- users ---

    function test_WhenATaskRunsWhileTermsChangeAndItsTokenIsDelisted() public {
        uint32[] memory ids = _providers(3);
        Request memory request = _request();
        uint256 escrow = _escrow(request);
        bytes32 taskId = _post(request);
        _fill(request, taskId, ids);

        // A timelock's operation that became ready meanwhile; its delay is not the subject here.
        TaskParameters memory harsh = Defaults.task();
        harsh.protocolFeeBps = 500;
        VM.startPrank(address(timelock));
        parameters.setParameters(harsh, Defaults.post());
        parameters.setToken(address(token), TokenParameters(false, 0, 0));
        VM.stopPrank();

        uint256 prices = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            prices += _price(request, taskId, ids[i]);
        }
        _commitAndReveal(taskId, ids, _same(ids.length, RIGHT));
        uint256 before = _balance(REQUESTER);
        _settle(request, ids, RIGHT);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "status");
        uint256 fee = (prices * Defaults.task().protocolFeeBps) / 10_000;
        uint256 back = _balance(REQUESTER) - before;
        // Rounding of the fee is for the requester's account: at most one base unit.
        atMost(escrow - prices - fee - request.settlementFee - back, 1, "fee of the post, not of the day");

        uint256 earned = _earned(ids[0]);
        VM.prank(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), earned, _owner(ids[0]));
        eq(token.balanceOf(_owner(ids[0])), FUNDS + earned, "earnings of a delisted token");
        VM.startPrank(REQUESTER);
        market.withdraw(address(token), _balance(REQUESTER), REQUESTER);
        VM.stopPrank();
    }

    function test_WhenTheTimelockCallsForOthersFunds() public {
        _providers(3);
        Request memory request = _request();
        _post(request);
        VM.prank(REQUESTER);
        market.deposit(address(token), 1_000);

        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(market.withdraw, (address(token), 1, address(timelock)));
        calls[1] = abi.encodeCall(market.withdraw, (address(deco), 1, address(timelock)));
        calls[2] = abi.encodeCall(market.withdrawEarnings, (1, address(token), 1, address(timelock)));
        calls[3] = abi.encodeCall(market.cancel, (request));
        calls[4] = abi.encodeCall(market.expire, (request, _none()));
        calls[5] = abi.encodeCall(market.settle, (request, _none(), _opening(RIGHT)));
        calls[6] = abi.encodeCall(market.post, (request));
        _gainsNothing(calls);
    }

    function test_WhenTheTimelockHoldsWhatSomebodyElseStaked() public {
        _providers(1);
        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeCall(market.unbond, (1, 1 ether));
        calls[1] = abi.encodeCall(market.withdrawStake, (1));
        calls[2] = abi.encodeCall(market.setOperator, (1, address(timelock)));
        calls[3] = abi.encodeCall(market.offerOwnership, (1, address(timelock)));
        calls[4] = abi.encodeCall(market.acceptOwnership, (1));
        calls[5] = abi.encodeCall(market.deregister, (1));
        _gainsNothing(calls);
        eq(_identity(1).owner, _owner(1), "owner");
    }

    // --- steps ---

    function _gainsNothing(bytes[] memory calls) private {
        uint256 tokens = token.balanceOf(address(market));
        uint256 stakes = deco.balanceOf(address(market));
        for (uint256 i = 0; i < calls.length; ++i) {
            VM.prank(address(timelock));
            (bool succeeded,) = address(market).call(calls[i]);
            isTrue(!succeeded, "the market serves the timelock");
        }
        eq(token.balanceOf(address(market)), tokens, "tokens");
        eq(deco.balanceOf(address(market)), stakes, "stakes");
        eq(token.balanceOf(address(timelock)) + deco.balanceOf(address(timelock)), 0, "gains");
    }

    function _call(address target, bytes memory payload) private {
        targets.push(target);
        payloads.push(payload);
    }

    function _newFee(uint16 protocolFeeBps) private pure returns (bytes memory) {
        TaskParameters memory task = Defaults.task();
        PostParameters memory post = Defaults.post();
        task.protocolFeeBps = protocolFeeBps;
        return abi.encodeCall(DecoParameters.setParameters, (task, post));
    }

    function _schedule(address sender, bytes memory payload, uint256 delay) private {
        VM.prank(sender);
        timelock.schedule(address(parameters), 0, payload, NONE, NONE, delay);
    }

    function _execute(address sender, bytes memory payload) private {
        VM.prank(sender);
        timelock.execute(address(parameters), 0, payload, NONE, NONE);
    }

    function _id(bytes memory payload) private view returns (bytes32) {
        return timelock.hashOperation(address(parameters), 0, payload, NONE, NONE);
    }

    function _unauthorized(address account, bytes32 role) private {
        _refused(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role));
    }

    function _notOwner(address account) private {
        _refused(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, account));
    }

    function _notReady(bytes memory payload) private {
        bytes32 ready = bytes32(1 << uint256(TimelockController.OperationState.Ready));
        _refused(
            abi.encodeWithSelector(TimelockController.TimelockUnexpectedOperationState.selector, _id(payload), ready)
        );
    }
}
