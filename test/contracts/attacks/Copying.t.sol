// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OpeningLib, Reveal} from "../../../contracts/types/Opening.sol";
import {PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

/// @dev Providers that want to be paid for the work of others.
contract CopyingTest is PanelFixture {
    bytes32 private constant YES = keccak256("yes");
    bytes32 private constant NO = keccak256("no");

    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        request = _request();
        request.thresholdBps = 7_500;
        taskId = _post(request);
        _drawEveryone(request, taskId);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
    }

    /// @dev Whoever reads the chain knows both results, their tags and every public value, but no salt.
    function test_GivenAResultOfOneBit() public {
        _commit(taskId, ids[0], YES);
        _commit(taskId, ids[1], YES);
        bytes24 first = market.getSeat(taskId, ids[0]).value;
        isTrue(first != market.getSeat(taskId, ids[1]).value, "two commitments to one result differ");
        bytes32[4] memory public_ = [bytes32(0), taskId, bytes32(uint256(ids[0])), YES];
        for (uint256 i = 0; i < 4; ++i) {
            isTrue(first != _guess(YES, public_[i]), "yes is not recognised");
            isTrue(first != _guess(NO, public_[i]), "nor told from no");
        }
        isTrue(first == _guess(YES, _salt(taskId, ids[0])), "by its salt it is");
    }

    function test_GivenACommitmentThatIsCopied() public {
        _commit(taskId, ids[0], RIGHT);
        bytes32 copied = _commitment(taskId, ids[0], RIGHT);
        VM.prank(_operator(ids[1]));
        market.commit(taskId, copied);
        _commit(taskId, ids[2], RIGHT);
        _revealOne(taskId, ids[0], RIGHT);
        // What the first one revealed is public now.
        Reveal[] memory reveals = new Reveal[](1);
        reveals[0] = _reveal(taskId, ids[0], RIGHT);
        reveals[0].provider = ids[1];
        _refused(abi.encodeWithSelector(NothingRevealed.selector, RevealRefusal.Mismatch));
        market.reveal(reveals);
        _revealOne(taskId, ids[2], RIGHT);
        _later(request.revealWindow + 1);
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 20, 30));
        _settle(request, _members(0, 3), RIGHT);
        _later(Defaults.task().settleWindow + 1);
        _escalate(request);
        _later(request.claimWindow + 1);
        _expire(request, _members(0, 3));
        eq(_stake(ids[1]).active, STAKE - LOCK, "the copier's lock");
        eq(_stake(ids[0]).active, STAKE, "nobody else's");
    }

    /// @dev The second round's copier has seen the tags of the first, which bind their round.
    function test_GivenATagThatIsCopiedInALaterRound() public {
        _commitAndReveal(taskId, _members(0, 3), _results(RIGHT, RIGHT, WRONG));
        bytes24 seen = market.getSeat(taskId, ids[0]).value;
        bytes32 tag = OpeningLib.tag(taskId, 1, RIGHT);
        isTrue(bytes24(tag) == seen, "on the chain for all to see");
        _voteFails(request);
        _escalate(request);
        _drawEveryone(request, taskId);
        for (uint256 i = 3; i < 6; ++i) {
            _claim(request, ids[i]);
        }
        bytes32 commitment = OpeningLib.commitment(taskId, 2, ids[3], tag, keccak256("my salt"));
        VM.prank(_operator(ids[3]));
        market.commit(taskId, commitment);
        _commit(taskId, ids[4], RIGHT);
        _commit(taskId, ids[5], RIGHT);
        Reveal[] memory reveals = new Reveal[](3);
        reveals[0] = Reveal(taskId, ids[3], tag, keccak256("my salt"));
        reveals[1] = _reveal(taskId, ids[4], RIGHT);
        reveals[2] = _reveal(taskId, ids[5], RIGHT);
        market.reveal(reveals);
        _later(1);
        // Four of six: the copier's reveal was taken, and is no vote for what it copied.
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 40, 60));
        _settle(request, _members(0, 6), RIGHT);
    }

    function test_GivenAPanelThatCopiesTheTagsOfTheFirstVote() public {
        (request, taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        bytes32 tag = OpeningLib.tag(taskId, 1, WRONG);
        _fillPanel(request, taskId, 0, _members(3, 6));
        Reveal[] memory reveals = new Reveal[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint32 judge = ids[3 + i];
            bytes32 commitment = OpeningLib.commitment(panelId, 1, judge, tag, _salt(panelId, judge));
            VM.prank(_operator(judge));
            market.commit(panelId, commitment);
            reveals[i] = Reveal(panelId, judge, tag, _salt(panelId, judge));
        }
        market.reveal(reveals);
        _refused(abi.encodeWithSelector(PanelUndecided.selector, panelId, 0, 3));
        _decide(request, 0, _members(3, 6), WRONG);
    }

    function _guess(bytes32 result, bytes32 salt) private view returns (bytes24) {
        Seat memory seat = market.getSeat(taskId, ids[0]);
        eq(uint256(seat.status), uint256(SeatStatus.Committed), "committed");
        bytes32 tag = OpeningLib.tag(taskId, seat.round, result);
        return bytes24(OpeningLib.commitment(taskId, seat.round, ids[0], tag, salt));
    }
}
