// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract SettleAgreedTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(6);
        request = _request();
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        taskId = market.hashRequest(request);
        _refuses(abi.encodeWithSelector(UnknownTask.selector, taskId));
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        _filled();
        _commit(taskId, ids[0], RIGHT);
        _refuses(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
    }

    function test_RevertWhen_ASeatHasNotCommitted() public {
        _filled();
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _later(request.commitWindow + 1);
        _refuses(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
        _revealOne(taskId, ids[0], RIGHT);
        _refuses(abi.encodeWithSelector(NotAllCommitted.selector, taskId, 2, 3));
    }

    function test_RevertWhen_ASeatHasRevealedApart() public {
        _committed();
        _revealOne(taskId, ids[1], RIGHT);
        _refuses(abi.encodeWithSelector(NotAllCommitted.selector, taskId, 3, 3));
    }

    function test_RevertWhen_TheTaskIsInItsSecondRound() public {
        _filled();
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 own = keccak256(abi.encode(i));
            _commit(taskId, ids[i], own);
            if (i == 2) {
                for (uint256 j = 0; j < 3; ++j) {
                    _revealOne(taskId, ids[j], keccak256(abi.encode(j)));
                }
            }
        }
        _voteFails(request);
        _escalate(request);
        _fill(request, taskId, _slice(ids, 3, 6));
        for (uint256 i = 3; i < 6; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        _refuses(abi.encodeWithSelector(NotAllCommitted.selector, taskId, 3, 6));
    }

    function test_RevertWhen_TheRevealWindowHasPassed() public {
        _committed();
        uint256 closesAt = block.timestamp + request.revealWindow;
        VM.warp(closesAt + 1);
        _refuses(abi.encodeWithSelector(RevealWindowClosed.selector, closesAt));
        VM.warp(closesAt);
        _settleAgreed();
    }

    function test_RevertWhen_APolicyDecidesTheTask() public {
        SignaturePolicy policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, 100_000);
        request.policy = address(policy);
        request.policyData = bytes32(uint256(uint160(STRANGER)));
        (request.replicas, request.maxReplicas, request.minAgreeing) = (1, 1, 1);
        _post(request);
        taskId = market.hashRequest(request);
        _refuses(abi.encodeWithSelector(WrongPolicy.selector, taskId, address(policy)));
    }

    function test_RevertWhen_TheRequestHasWindows() public {
        _providers(8);
        (request.challengeWindow, request.panelPrice, request.maxReplicas) = (60, 1, 3);
        taskId = _post(request);
        // Among many providers everybody is drawn at the end only.
        _later(request.claimWindow - 2);
        _fillAndCommit();
        _refuses(abi.encodeWithSelector(NotFinalAtOnce.selector, taskId));
    }

    function test_RevertWhen_TheRosterIsShort() public {
        _committed();
        uint32[] memory roster = _slice(ids, 0, 2);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 2, 3));
        market.settleAgreed(request, roster, _opening(RIGHT), _salts(roster));
    }

    function test_RevertWhen_TheRosterNamesAProviderTwice() public {
        _committed();
        uint32[] memory roster = _three();
        roster[1] = roster[0];
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 1));
        market.settleAgreed(request, roster, _opening(RIGHT), _salts(roster));
    }

    function test_RevertWhen_TheRosterNamesSomebodyWithoutASeat() public {
        _committed();
        uint32[] memory roster = _three();
        roster[2] = ids[5];
        _refused(abi.encodeWithSelector(NotAgreed.selector, taskId, ids[5]));
        market.settleAgreed(request, roster, _opening(RIGHT), _salts(roster));
    }

    function test_RevertWhen_ASaltOrTheResultIsWrong() public {
        _committed();
        bytes32[] memory salts = _salts(_three());
        salts[2] = 0;
        _refused(abi.encodeWithSelector(NotAgreed.selector, taskId, ids[2]));
        market.settleAgreed(request, _three(), _opening(RIGHT), salts);
        salts = _salts(_three());
        _refused(abi.encodeWithSelector(NotAgreed.selector, taskId, ids[0]));
        market.settleAgreed(request, _three(), _opening(WRONG), salts);
        _seatIs(taskId, ids[0], SeatStatus.Committed);
        _settleAgreed();
    }

    function test_RevertWhen_TheOpeningDoesNotFit() public {
        _committed();
        Opening memory opening = _opening(RIGHT);
        opening.root = WRONG;
        _refused(abi.encodeWithSelector(InvalidOpening.selector));
        market.settleAgreed(request, _three(), opening, _salts(_three()));
        opening.root = 0;
        opening.document = "something else";
        _refused(abi.encodeWithSelector(DocumentMismatch.selector, RIGHT, sha256("something else")));
        market.settleAgreed(request, _three(), opening, _salts(_three()));
    }

    function test_WhenSeatsWonEarlyMayRaiseTrust() public {
        _committed();
        _settleAgreed();
        eq(_work(ids[0]).trust, 11, "raised");
        request.nonce += 1_000;
        _committed();
        _settleAgreed();
        eq(_work(ids[0]).trust, 11, "once an epoch");
        _later(1 hours);
        request.nonce += 1_000;
        request.expiry += 1 hours;
        _committed();
        _settleAgreed();
        eq(_work(ids[0]).trust, 12, "raised again");
    }

    function testFuzz_GivenAnyRequest(uint256 seed) public {
        request.replicas = uint8(2 + seed % 3);
        request.maxReplicas = request.replicas + uint8((seed >> 8) % 4);
        request.volume = (seed >> 16) % 2 == 0 ? 1 : 1_000;
        request.minWeight = uint16((seed >> 88) % (10 * uint256(request.replicas) + 1));
        if ((seed >> 24) % 2 == 0) (request.dataOwner, request.dataBps) = (STRANGER, uint16(1 + (seed >> 32) % 5_000));
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
        taskId = _post(request);
        // Two of six are drawn from the middle of the window on, three or four before seats stop to raise trust.
        _later(request.replicas == 2 ? 150 : (seed >> 160) % 200);
        _fill(request, taskId, roster);
        for (uint256 i = 0; i < roster.length; ++i) {
            _commit(taskId, roster[i], result);
        }
        uint256 state = VM.snapshotState();

        _as(RELAYER);
        market.settleAgreed(request, roster, opening, _salts(roster));
        bytes32 agreed = _everything(roster);
        isTrue(VM.revertToState(state), "back");

        for (uint256 i = 0; i < roster.length; ++i) {
            _revealOne(taskId, roster[i], result);
        }
        _as(RELAYER);
        market.settle(request, roster, opening);
        eq(_everything(roster), agreed, "the same end");
    }

    function test_GivenJustTheMinimumWeight() public {
        request.minWeight = 30;
        _committed();
        _settleAgreed();
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
    }

    function test_GivenPricesOfOneUnit() public {
        (request.minPrice, request.maxPrice) = (1, 1);
        _committed();
        _settleAgreed();
        eq(_earned(ids[0]), 1, "price");
    }

    function test_WhenAllIsWell() public {
        _committed();
        uint256 before = _balance(REQUESTER);
        uint256 paid;
        uint256[] memory ended = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 price = _price(request, taskId, ids[i]);
            paid += price;
            ended[i] = ids[i] | (uint256(11) << 32) | (price << 56);
        }
        uint256 fee = paid * 200 / 10_000;
        uint256 refund = _escrow(request) - paid - fee - request.settlementFee;
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.TaskAgreed(taskId, RIGHT, RIGHT, 0, 30, refund, RELAYER, ended, _salts(_three()), "");
        _settleAgreed();
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        eq(_balance(REQUESTER) - before, refund, "refund");
        eq(_balance(RELAYER), request.settlementFee, "settler");
        for (uint256 i = 0; i < 3; ++i) {
            eq(_work(ids[i]).locked, 0, "free");
            _seatIs(taskId, ids[i], SeatStatus.None);
        }
    }

    function _three() private view returns (uint32[] memory) {
        return _slice(ids, 0, 3);
    }

    function _filled() private {
        taskId = _post(request);
        _fill(request, taskId, _three());
    }

    function _committed() private {
        taskId = _post(request);
        _fillAndCommit();
    }

    function _fillAndCommit() private {
        _fill(request, taskId, _three());
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
    }

    function _salts(uint32[] memory roster) private view returns (bytes32[] memory salts) {
        salts = new bytes32[](roster.length);
        for (uint256 i = 0; i < roster.length; ++i) {
            salts[i] = _salt(taskId, roster[i]);
        }
    }

    function _settleAgreed() private {
        bytes32[] memory salts = _salts(_three());
        VM.prank(RELAYER);
        market.settleAgreed(request, _three(), _opening(RIGHT), salts);
    }

    function _everything(uint32[] memory roster) private view returns (bytes32 digest) {
        digest = keccak256(abi.encode(market.getOutcome(taskId), _balance(REQUESTER), _balance(RELAYER)));
        digest = keccak256(abi.encode(digest, _balance(TREASURY), _balance(STRANGER), market.pendingBurn()));
        for (uint256 i = 0; i < roster.length; ++i) {
            digest = keccak256(abi.encode(digest, _work(roster[i]), _stake(roster[i]), _earned(roster[i])));
            digest = keccak256(abi.encode(digest, market.getSeat(taskId, roster[i])));
        }
    }

    function _refuses(bytes memory reason) private {
        bytes32[] memory salts = _salts(_three());
        uint32[] memory roster = _three();
        _refused(reason);
        market.settleAgreed(request, roster, _opening(RIGHT), salts);
    }
}
