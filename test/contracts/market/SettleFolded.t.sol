// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Fold, SealedCommitment} from "../../../contracts/types/Fold.sol";
import {Opening, Reveal} from "../../../contracts/types/Opening.sol";
import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {FoldFixture} from "../FoldFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract SettleFoldedTest is FoldFixture {
    function test_RevertWhen_TheFoldIsAnother() public {
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        ++fold.terms;
        _refuses(fold, RIGHT, abi.encodeWithSelector(FoldMismatch.selector, taskId));
    }

    function test_RevertWhen_TheCommitmentsAreNotThereYet() public {
        Fold memory fold = _openFolded();
        _refuses(fold, RIGHT, abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
    }

    function test_RevertWhen_TheRevealWindowHasPassed() public {
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        uint256 closesAt = block.timestamp + request.revealWindow;
        VM.warp(closesAt + 1);
        _refuses(fold, RIGHT, abi.encodeWithSelector(RevealWindowClosed.selector, closesAt));
        VM.warp(closesAt);
        _settleFolded(fold, RIGHT);
    }

    function test_RevertWhen_ASaltIsWrong() public {
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        bytes32[] memory salts = _salts(fold.roster);
        salts[1] = RIGHT;
        _refused(abi.encodeWithSelector(NotAgreed.selector, taskId, ids[1]));
        market.settleFolded(request, fold, _opening(RIGHT), salts);
    }

    function test_RevertWhen_ASeatCommittedToAnotherResult() public {
        Fold memory fold = _openFolded();
        SealedCommitment[] memory items = _sealed(fold.roster, RIGHT);
        items[0] = _sealedOf(ids[0], WRONG);
        market.commitFolded(taskId, fold, items);
        Fold memory now_ = _committed(fold, RIGHT);
        now_.seats[0] = _committed(fold, WRONG).seats[0];
        _refuses(now_, RIGHT, abi.encodeWithSelector(NotAgreed.selector, taskId, ids[0]));
        _refuses(now_, WRONG, abi.encodeWithSelector(NotAgreed.selector, taskId, ids[1]));
    }

    function test_RevertWhen_ASaltIsMissing() public {
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 1, 2));
        market.settleFolded(request, fold, _opening(RIGHT), _salts(_one(0)));
    }

    function test_RevertWhen_TheRequestHasWindows() public {
        request = _signable();
        (request.maxReplicas, request.challengeWindow, request.panelPrice) = (2, 60, 1);
        _providers(8);
        Fold memory fold = _commitFolded(_openFolded(_match(request, _pair())), RIGHT);
        _refuses(fold, RIGHT, abi.encodeWithSelector(NotFinalAtOnce.selector, taskId));
        // It goes on as an ordinary task.
        market.unfold(taskId, fold);
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _settle(request, fold.roster, RIGHT);
        isTrue(_status(taskId) == TaskStatus.Accepted, "accepted");
    }

    function test_RevertWhen_TheWeightIsBelowTheMinimumOfTheRequest() public {
        request = _signable();
        request.minWeight = 21;
        Fold memory fold = _commitFolded(_openFolded(_match(request, _pair())), RIGHT);
        _refuses(fold, RIGHT, abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 20, 20));
    }

    function test_WhenTheParametersHaveChangedSinceThePost() public {
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        TaskParameters memory task = Defaults.task();
        task.protocolFeeBps = 500;
        parameters.setParameters(task, Defaults.post());
        _settleFolded(fold, RIGHT);
        eq(_balance(TREASURY), 2 * uint256(PRICE) * 200 / 10_000, "fee of the post");
    }

    /// @dev The two ways from one state to the end, compared in all that the market keeps of those concerned.
    function testFuzz_GivenAnyRequest(uint256 seed) public {
        request = _signable();
        request.replicas = uint8(2 + seed % 3);
        request.maxReplicas = request.replicas + uint8((seed >> 8) % 4);
        request.volume = (seed >> 16) % 2 == 0 ? 1 : 1_000;
        if ((seed >> 24) % 2 == 0) {
            (request.programOwner, request.programBps) = (STRANGER, uint16(1 + (seed >> 32) % 5_000));
        }
        if ((seed >> 48) % 2 == 0) (request.dataOwner, request.dataBps) = (STRANGER, uint16(1 + (seed >> 56) % 5_000));
        request.settlementFee = uint96(10_000 + (seed >> 72) % 100_000);
        request.minWeight = uint16((seed >> 88) % (10 * uint256(request.replicas) + 1));
        uint32[] memory roster = _slice(ids, 0, request.replicas);
        for (uint256 i = 0; i < roster.length; ++i) {
            _setTrust(roster[i], uint8(10 + (seed >> (96 + 8 * i)) % 91));
        }
        Opening memory opening = _opening(RIGHT);
        bytes32 result = RIGHT;
        if (request.volume > 1) {
            opening.root = WRONG;
            result = keccak256(abi.encode(WRONG, RIGHT));
        }
        Fold memory fold = _commitFolded(_openFolded(_match(request, roster)), result);
        uint256 state = VM.snapshotState();

        _as(RELAYER);
        market.settleFolded(request, fold, opening, _salts(roster));
        bytes32 agreed = _everything(roster);
        isTrue(VM.revertToState(state), "back");

        market.unfold(taskId, fold);
        Reveal[] memory reveals = new Reveal[](roster.length);
        for (uint256 i = 0; i < roster.length; ++i) {
            reveals[i] = _reveal(taskId, roster[i], result);
        }
        market.reveal(reveals);
        _as(RELAYER);
        market.settle(request, roster, opening);
        eq(_everything(roster), agreed, "the same end");
    }

    function test_WhenAllIsWell() public {
        uint256 before = _balance(holder);
        Fold memory fold = _commitFolded(_openFolded(), RIGHT);
        uint256 paid = 2 * uint256(PRICE);
        uint256 fee = paid * 200 / 10_000;
        uint256 refund = _escrow(request) - paid - fee - request.settlementFee;
        uint256[] memory ended = new uint256[](2);
        for (uint256 i = 0; i < 2; ++i) {
            ended[i] = ids[i] | (uint256(10) << 32) | (uint256(PRICE) << 56);
        }
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.TaskAgreed(taskId, RIGHT, RIGHT, 0, 20, refund, RELAYER, ended, _salts(fold.roster), "");
        _settleFolded(fold, RIGHT);

        Outcome memory outcome = market.getOutcome(taskId);
        isTrue(outcome.status == TaskStatus.Settled, "settled");
        eq(outcome.agreeing, 2, "agreeing");
        for (uint256 i = 0; i < 2; ++i) {
            eq(_earned(ids[i]), PRICE, "paid");
            eq(_work(ids[i]).locked, 0, "free");
            eq(_work(ids[i]).trust, 10, "trust stays");
        }
        eq(_balance(RELAYER), request.settlementFee, "settler");
        eq(_balance(TREASURY), fee, "fee");
        eq(before - _balance(holder), paid + fee + request.settlementFee, "cost");
    }

    function _everything(uint32[] memory roster) private view returns (bytes32 digest) {
        digest = keccak256(abi.encode(market.getOutcome(taskId), _balance(holder), _balance(RELAYER)));
        digest = keccak256(abi.encode(digest, _balance(TREASURY), _balance(STRANGER), market.pendingBurn()));
        for (uint256 i = 0; i < roster.length; ++i) {
            digest = keccak256(abi.encode(digest, _work(roster[i]), _stake(roster[i]), _earned(roster[i])));
        }
    }

    function _refuses(Fold memory fold, bytes32 result, bytes memory reason) private {
        bytes32[] memory salts = _salts(fold.roster);
        _refused(reason);
        market.settleFolded(request, fold, _opening(result), salts);
    }
}
