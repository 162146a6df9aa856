// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AttestedKey,
    Enrolment,
    IAttestationRegistry,
    KeyStatus
} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {VM} from "../support/Vm.sol";
import {AttestedFixture} from "./AttestedFixture.sol";

contract AttestationRegistryTest is AttestedFixture {
    bytes32 private constant REASON = keccak256("why");

    // --- bonds ---

    function test_WhenAnAttesterBondsAndWithdraws() public {
        VM.prank(ATTESTER);
        registry.withdraw(400 ether);
        eq(registry.bondOf(ATTESTER), 600 ether, "free");
        eq(deco.balanceOf(address(registry)), 1_600 ether, "held");
    }

    function test_RevertWhen_MoreIsWithdrawnThanIsFree() public {
        _enroll(ids[0]);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.BondTooSmall.selector, ATTESTER, 850 ether, 851 ether));
        VM.prank(ATTESTER);
        registry.withdraw(851 ether);
    }

    // --- enrolment ---

    function test_WhenAKeyIsEnrolled() public {
        Enrolment memory asked = _enrolment(ids[0]);
        bytes32 key = _enroll(ids[0]);
        eq(key, registry.keyIdOf(ATTESTER, asked), "id");
        AttestedKey memory known = registry.getKey(key);
        eq(known.x, asked.x, "x");
        eq(known.provider, ids[0], "provider");
        eq(known.activatesAt, block.timestamp + DELAY, "activation");
        eq(registry.bondOf(ATTESTER), 850 ether, "free bond");
        eq(registry.coverOf(key, ATTESTER), COVER, "cover");
        eq(registry.attestersOf(key)[0], ATTESTER, "attester");
        isTrue(!registry.isLive(key), "not before the delay");
        _later(DELAY - 1);
        isTrue(!registry.isLive(key), "one second before");
        _later(1);
        isTrue(registry.isLive(key), "live");
        VM.warp(known.expiresAt - 1);
        isTrue(registry.isLive(key), "until it expires");
        VM.warp(known.expiresAt);
        isTrue(!registry.isLive(key), "expired");
    }

    function test_RevertWhen_TheIdWasUsed() public {
        bytes32 key = _enroll(ids[0]);
        VM.prank(ATTESTER);
        registry.revoke(key);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.AlreadyEnrolled.selector, key));
        _enroll(ids[0]);
    }

    function test_RevertWhen_TheKeyIsNoPoint() public {
        Enrolment memory asked = _enrolment(ids[0]);
        asked.y = bytes32(uint256(asked.y) ^ 1);
        _enrollmentFails(asked, abi.encodeWithSelector(IAttestationRegistry.NotOnCurve.selector, asked.x, asked.y));
        (asked.x, asked.y) = (0, 0);
        _enrollmentFails(asked, abi.encodeWithSelector(IAttestationRegistry.NotOnCurve.selector, asked.x, asked.y));
    }

    function test_RevertWhen_TheProviderIsUnknown() public {
        _enrollmentFails(_enrolment(99), abi.encodeWithSelector(IAttestationRegistry.UnknownProvider.selector, 99));
    }

    function test_RevertWhen_TheExpiryIsTooSoonOrTooLate() public {
        Enrolment memory asked = _enrolment(ids[0]);
        uint256 earliest = block.timestamp + DELAY;
        uint256 latest = block.timestamp + 90 days;
        asked.expiresAt = uint40(earliest);
        _enrollmentFails(
            asked, abi.encodeWithSelector(IAttestationRegistry.BadExpiry.selector, earliest, earliest, latest)
        );
        asked.expiresAt = uint40(latest + 1);
        _enrollmentFails(
            asked, abi.encodeWithSelector(IAttestationRegistry.BadExpiry.selector, latest + 1, earliest, latest)
        );
    }

    function test_RevertWhen_TheCoverIsTooSmallOrNotBonded() public {
        Enrolment memory asked = _enrolment(ids[0]);
        asked.cover = LEAST - 1;
        _enrollmentFails(asked, abi.encodeWithSelector(IAttestationRegistry.CoverTooSmall.selector, LEAST - 1, LEAST));
        asked.cover = 1_001 ether;
        _enrollmentFails(
            asked,
            abi.encodeWithSelector(IAttestationRegistry.BondTooSmall.selector, ATTESTER, 1_000 ether, 1_001 ether)
        );
    }

    // --- vouching ---

    function test_WhenASecondAttesterVouches() public {
        bytes32 key = _enroll(ids[0]);
        VM.prank(SECOND);
        registry.vouch(key, 20 ether);
        eq(registry.coverOf(key, SECOND), 20 ether, "cover");
        eq(registry.attestersOf(key).length, 2, "attesters");
        VM.prank(SECOND);
        registry.vouch(key, 30 ether);
        eq(registry.coverOf(key, SECOND), 50 ether, "more");
        eq(registry.attestersOf(key).length, 2, "counted once");
    }

    function test_RevertWhen_VouchingForALiveKey() public {
        bytes32 key = _enrollLive(ids[0]);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooLate.selector, key, block.timestamp));
        VM.prank(SECOND);
        registry.vouch(key, 20 ether);
    }

    function test_RevertWhen_ANinthAttesterVouches() public {
        bytes32 key = _enroll(ids[0]);
        for (uint160 i = 1; i < 8; ++i) {
            _bond(address(0x9000 + i), LEAST);
            VM.prank(address(0x9000 + i));
            registry.vouch(key, LEAST);
        }
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooManyAttesters.selector, key));
        VM.prank(SECOND);
        registry.vouch(key, LEAST);
    }

    // --- challenges ---

    function test_WhenAChallengeIsUpheld() public {
        bytes32 key = _challenged();
        uint256 before = deco.balanceOf(CHALLENGER);
        uint256 supply = deco.totalSupply();
        _later(DELAY);
        isTrue(!registry.isLive(key), "frozen past the delay");
        registry.condemn(key);
        eq(deco.balanceOf(CHALLENGER), before + 2 * CHALLENGE, "its bond and as much again");
        eq(supply - deco.totalSupply(), COVER - CHALLENGE, "the rest of the cover burns");
        eq(registry.coverOf(key, ATTESTER), 0, "cover");
        _held();
    }

    function test_WhenTheCoverIsSmallTheBountyIsHalfOfIt() public {
        Enrolment memory asked = _enrolment(ids[0]);
        asked.cover = 30 ether;
        VM.prank(ATTESTER);
        bytes32 key = registry.enroll(asked);
        uint256 before = deco.balanceOf(CHALLENGER);
        VM.prank(CHALLENGER);
        registry.challenge(key, REASON);
        registry.condemn(key);
        eq(deco.balanceOf(CHALLENGER), before + 15 ether, "half of the cover");
    }

    function test_WhenAChallengeIsDismissed() public {
        bytes32 key = _challenged();
        uint256 supply = deco.totalSupply();
        registry.dismiss(key);
        eq(supply - deco.totalSupply(), CHALLENGE, "the challenger's bond burns");
        isTrue(!registry.isLive(key), "the delay goes on");
        _later(DELAY);
        isTrue(registry.isLive(key), "live");
    }

    function test_WhenGovernanceIsSilentOnAChallenge() public {
        bytes32 key = _challenged();
        uint256 before = deco.balanceOf(CHALLENGER);
        _later(JUDGEMENT + 1);
        VM.prank(STRANGER);
        registry.lapse(key);
        eq(deco.balanceOf(CHALLENGER), before + CHALLENGE, "bond back");
        eq(uint256(registry.getKey(key).status), uint256(KeyStatus.Revoked), "never live");
        _later(TAIL + 1);
        registry.release(key, ATTESTER);
        eq(registry.bondOf(ATTESTER), 1_000 ether, "cover back");
    }

    function test_RevertWhen_AChallengeLapsesTooEarly() public {
        bytes32 key = _challenged();
        uint256 from = block.timestamp + JUDGEMENT;
        _later(JUDGEMENT);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooEarly.selector, key, from));
        registry.lapse(key);
    }

    function test_RevertWhen_ALiveKeyIsChallenged() public {
        bytes32 key = _enrollLive(ids[0]);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooLate.selector, key, block.timestamp));
        VM.prank(CHALLENGER);
        registry.challenge(key, REASON);
    }

    function test_RevertWhen_AChallengedKeyIsChallengedRevokedVouchedForOrReleased() public {
        bytes32 key = _challenged();
        bytes memory why =
            abi.encodeWithSelector(IAttestationRegistry.WrongKeyStatus.selector, key, KeyStatus.Challenged);
        _refuses(why);
        registry.challenge(key, REASON);
        _refuses(why);
        registry.vouch(key, COVER);
        _refuses(why);
        VM.prank(ATTESTER);
        registry.revoke(key);
        // Its expiry frees no cover while it is to be judged.
        _later(60 days);
        _refuses(why);
        registry.release(key, ATTESTER);
        registry.condemn(key);
    }

    function test_RevertWhen_SomebodyElseThanGovernanceJudges() public {
        bytes32 key = _challenged();
        bytes memory why = abi.encodeWithSelector(IAttestationRegistry.NotGovernance.selector, STRANGER);
        _refuses(why);
        VM.prank(STRANGER);
        registry.condemn(key);
        _refuses(why);
        VM.prank(STRANGER);
        registry.dismiss(key);
    }

    // --- ends ---

    function test_WhenALiveKeyIsCondemned() public {
        bytes32 key = _enrollLive(ids[0]);
        uint256 supply = deco.totalSupply();
        registry.condemn(key);
        isTrue(!registry.isLive(key), "over");
        eq(supply - deco.totalSupply(), COVER, "all of the cover burns");
        _refuses(abi.encodeWithSelector(IAttestationRegistry.WrongKeyStatus.selector, key, KeyStatus.Condemned));
        registry.condemn(key);
    }

    function test_WhenARevokedKeyIsCondemnedWithinTheTail() public {
        bytes32 key = _enrollLive(ids[0]);
        VM.prank(ATTESTER);
        registry.revoke(key);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooEarly.selector, key, block.timestamp + TAIL));
        registry.release(key, ATTESTER);
        _later(TAIL);
        registry.condemn(key);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.NothingBehind.selector, key, ATTESTER));
        _later(TAIL + 1);
        registry.release(key, ATTESTER);
        _held();
    }

    function test_RevertWhen_CondemnedAfterTheTail() public {
        bytes32 key = _enrollLive(ids[0]);
        uint256 until = uint256(registry.getKey(key).expiresAt) + TAIL;
        VM.warp(until + 1);
        _refuses(abi.encodeWithSelector(IAttestationRegistry.TooLate.selector, key, until));
        registry.condemn(key);
        registry.release(key, ATTESTER);
        eq(registry.bondOf(ATTESTER), 1_000 ether, "cover back");
        _held();
    }

    function test_WhenAttesterProviderOrGovernanceRevokes() public {
        address[4] memory may = [ATTESTER, _owner(ids[0]), _operator(ids[0]), address(this)];
        for (uint256 i = 0; i < may.length; ++i) {
            uint256 snapshot = VM.snapshotState();
            bytes32 key = _enrollLive(ids[0]);
            VM.prank(may[i]);
            registry.revoke(key);
            isTrue(!registry.isLive(key), "over at once");
            isTrue(VM.revertToState(snapshot), "snapshot");
        }
    }

    function test_RevertWhen_AStrangerRevokes() public {
        bytes32 key = _enrollLive(ids[0]);
        address[3] memory mayNot = [STRANGER, SECOND, _operator(ids[1])];
        for (uint256 i = 0; i < mayNot.length; ++i) {
            _refuses(abi.encodeWithSelector(IAttestationRegistry.MayNotRevoke.selector, key, mayNot[i]));
            VM.prank(mayNot[i]);
            registry.revoke(key);
        }
    }

    function test_RevertWhen_TheKeyIsUnknown() public {
        bytes32 key = keccak256("unknown");
        bytes memory why = abi.encodeWithSelector(IAttestationRegistry.UnknownKey.selector, key);
        _refuses(why);
        registry.revoke(key);
        _refuses(why);
        registry.condemn(key);
        _refuses(why);
        registry.release(key, ATTESTER);
    }

    // --- helpers ---

    function _challenged() private returns (bytes32 key) {
        key = _enroll(ids[0]);
        VM.prank(CHALLENGER);
        registry.challenge(key, REASON);
    }

    /// @dev What it holds is what it owes.
    function _held() private view {
        uint256 free = uint256(registry.bondOf(ATTESTER)) + registry.bondOf(SECOND);
        eq(deco.balanceOf(address(registry)), free, "balance of the registry");
    }

    function _refuses(bytes memory why) private {
        VM.expectRevert(why);
    }

    function _enrollmentFails(Enrolment memory asked, bytes memory why) private {
        VM.expectRevert(why);
        VM.prank(ATTESTER);
        registry.enroll(asked);
    }
}
