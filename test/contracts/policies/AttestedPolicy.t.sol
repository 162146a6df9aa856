// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Enrolment} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Acceptance, IAttestedPolicy} from "../../../contracts/interfaces/IAttestedPolicy.sol";
import {IProofPolicy, ProofContext} from "../../../contracts/interfaces/IProofPolicy.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {VM} from "../support/Vm.sol";
import {AttestedFixture} from "./AttestedFixture.sol";

/// @dev Tasks of a market whose results a key signs. This chain has no precompile for P-256: the library verifies.
contract AttestedPolicyTest is AttestedFixture {
    uint32[] private one;
    bytes32 private acceptance;
    bytes32 private key;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        one = _slice(ids, 0, 1);
        acceptance = policy.publish(_acceptance());
        parameters.setPolicy(address(policy), true, 700_000);
        key = _enrollLive(ids[0]);
    }

    // --- statements ---

    function test_WhenAStatementIsPublished() public {
        eq(acceptance, keccak256(abi.encode(_acceptance())), "its digest is its id");
        isTrue(policy.accepts(acceptance) && !policy.accepts(bytes32(uint256(1))), "only what was published");
        eq(policy.publish(_acceptance()), acceptance, "again");
        isTrue(policy.kind() == IProofPolicy.Kind.Instant, "kind");
        eq(policy.getAcceptance(acceptance).attesters[0], ATTESTER, "attester");
    }

    function test_RevertWhen_AStatementIsEmptyUnsortedOrImpossible() public {
        Acceptance memory bad = _acceptance();
        bad.minAttesters = 2;
        _badStatement(bad);
        bad.minAttesters = 0;
        _badStatement(bad);
        bad = _acceptance();
        bad.kinds = 8;
        _badStatement(bad);
        bad.kinds = 0;
        _badStatement(bad);
        bad = _acceptance();
        bad.attesters = new address[](0);
        _badStatement(bad);
        bad.attesters = new address[](17);
        _badStatement(bad);
        bad = _acceptance();
        bad.measurements = new bytes32[](2);
        _badStatement(bad);
    }

    // --- settlement ---

    function test_WhenTheHolderSigns() public {
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        _prove(ids[0], _proofOf(key, RIGHT));
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        eq(_earned(ids[0]), price, "paid");
        eq(_work(ids[0]).locked, 0, "lock");
        (bool accepted,) = market.verifyResult(taskId, 0, RIGHT, new bytes32[](0));
        isTrue(accepted, "the signed result");
    }

    function test_RevertWhen_AnotherResultWasSigned() public {
        _held();
        _isRefused(_proofOf(key, WRONG));
    }

    function test_RevertWhen_TheSignatureIsOfAnotherTask() public {
        _held();
        bytes memory replayed = _proofFor(key, MEASURED, policy.messageOf(keccak256("other"), RIGHT, MEASURED));
        _isRefused(replayed);
    }

    function test_RevertWhen_TheSignatureIsMalleated() public {
        _held();
        bytes memory proof = _proofOf(key, RIGHT);
        (,, bytes32 r, bytes32 s) = abi.decode(proof, (bytes32, bytes32, bytes32, bytes32));
        _isRefused(abi.encode(key, MEASURED, r, bytes32(ORDER - uint256(s))));
        _prove(ids[0], proof);
    }

    function test_RevertWhen_ABitOfTheSignatureIsFlipped() public {
        _held();
        bytes memory proof = _proofOf(key, RIGHT);
        for (uint256 i = 0; i < 128; i += 7) {
            proof[i] ^= 0x10;
            (bool answered, bytes memory answer) = _ask(proof);
            isTrue(!answered || !abi.decode(answer, (bool)), "refused");
            proof[i] ^= 0x10;
        }
        _prove(ids[0], proof);
    }

    function test_RevertWhen_TheKeyIsAnotherProviders() public {
        bytes32 other = _enrollLive(ids[1]);
        _held();
        _fails(
            _proofOf(other, RIGHT), abi.encodeWithSelector(IAttestedPolicy.AnotherProvidersKey.selector, other, ids[1])
        );
    }

    function test_RevertWhen_TheKeyIsNotActiveYet() public {
        Enrolment memory asked = _enrolment(ids[0]);
        asked.evidence = keccak256("another quote");
        VM.prank(ATTESTER);
        bytes32 young = registry.enroll(asked);
        _held();
        _fails(_proofOf(young, RIGHT), abi.encodeWithSelector(IAttestedPolicy.KeyNotLive.selector, young));
    }

    function test_RevertWhen_TheKeyIsExpired() public {
        _later(29 days - 300);
        _held();
        _later(300);
        _fails(_proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.KeyNotLive.selector, key));
    }

    function test_RevertWhen_TheKeyIsRevoked() public {
        _held();
        VM.prank(ATTESTER);
        registry.revoke(key);
        _fails(_proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.KeyNotLive.selector, key));
    }

    function test_RevertWhen_TheKeyWasNeverEnrolled() public {
        _held();
        bytes32 unknown = keccak256("unknown");
        _fails(_proofOf(unknown, RIGHT), abi.encodeWithSelector(IAttestedPolicy.KeyNotLive.selector, unknown));
    }

    function test_RevertWhen_TheEnvironmentIsNotTheEnrolledOne() public {
        _held();
        bytes32 other = keccak256("patched kernel");
        bytes memory proof = _proofFor(key, other, policy.messageOf(taskId, RIGHT, other));
        _fails(proof, abi.encodeWithSelector(IAttestedPolicy.AnotherEnvironment.selector, key, other));
    }

    function test_RevertWhen_TheMeasurementIsNotAccepted() public {
        Acceptance memory other = _acceptance();
        other.measurements[0] = keccak256("another system");
        acceptance = policy.publish(other);
        _held();
        _fails(
            _proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.MeasurementNotAccepted.selector, key, MEASURED)
        );
    }

    function test_RevertWhen_TheKindIsNotAccepted() public {
        Acceptance memory other = _acceptance();
        other.kinds = 2;
        acceptance = policy.publish(other);
        _held();
        _fails(_proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.KindNotAccepted.selector, key, 0));
    }

    function test_RevertWhen_TheAttesterIsNotAccepted() public {
        Acceptance memory other = _acceptance();
        other.attesters[0] = SECOND;
        acceptance = policy.publish(other);
        _held();
        _fails(_proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.TooFewAttesters.selector, key, 0, 1));
    }

    function test_RevertWhen_MoreIsAtStakeThanTheAttestersPutBehindTheKey() public {
        _held();
        // A second seat: two locks are more than the cover.
        _held();
        _fails(
            _proofOf(key, RIGHT), abi.encodeWithSelector(IAttestedPolicy.CoverExceeded.selector, key, 2 * LOCK, COVER)
        );
    }

    function test_RevertWhen_ARescuerSigns() public {
        bytes32 other = _enrollLive(ids[1]);
        _held();
        bytes memory proof = _proofOf(other, RIGHT);
        _later(uint256(request.commitWindow) + 1);
        VM.expectRevert(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[1]));
        _as(_operator(ids[1]));
        market.prove(request, one, _opening(RIGHT), proof);
        _later(uint256(request.revealWindow));
        _expire(request, one);
        _isEnded(taskId, EndReason.Unproven);
    }

    function test_RevertWhen_TheProofHasAnotherLength() public {
        _held();
        bytes memory proof = bytes.concat(_proofOf(key, RIGHT), hex"00");
        _fails(proof, abi.encodeWithSelector(IAttestedPolicy.ProofLength.selector, 129));
    }

    function test_WhenTheResultIsABagsRoot() public {
        _held();
        // To the policy a bag's result is a digest as any other.
        ProofContext memory context = _context();
        context.volume = 1_000;
        isTrue(policy.verify(context, RIGHT, _proofOf(key, RIGHT)), "signed");
    }

    // --- helpers ---

    function _held() private {
        request = _request();
        (request.replicas, request.maxReplicas, request.minAgreeing) = (1, 1, 1);
        (request.policy, request.policyData) = (address(policy), acceptance);
        taskId = _post(request);
        _later(request.claimWindow - 2);
        _claim(request, ids[0]);
    }

    function _context() private view returns (ProofContext memory) {
        return ProofContext(taskId, ids[0], request.program, request.input, acceptance, 1);
    }

    function _proofOf(bytes32 by, bytes32 result) private view returns (bytes memory) {
        return _proofFor(by, MEASURED, policy.messageOf(taskId, result, MEASURED));
    }

    function _proofFor(bytes32 by, bytes32 environment, bytes32 message) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = _sign(message);
        return abi.encode(by, environment, r, s);
    }

    function _prove(uint32 provider, bytes memory proof) private {
        _as(_operator(provider));
        market.prove(request, one, _opening(RIGHT), proof);
    }

    function _ask(bytes memory proof) private view returns (bool answered, bytes memory answer) {
        bytes memory question = abi.encodeCall(IProofPolicy.verify, (_context(), RIGHT, proof));
        return address(policy).staticcall(question);
    }

    /// @dev Neither the policy alone nor the market takes it.
    function _isRefused(bytes memory proof) private {
        isTrue(!policy.verify(_context(), RIGHT, proof), "false");
        VM.expectRevert(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], proof);
    }

    function _fails(bytes memory proof, bytes memory why) private {
        (bool answered, bytes memory answer) = _ask(proof);
        isTrue(!answered, "reverted");
        eq(keccak256(answer), keccak256(why), "why");
        VM.expectRevert(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], proof);
    }

    function _badStatement(Acceptance memory bad) private {
        VM.expectRevert(abi.encodeWithSelector(IAttestedPolicy.BadAcceptance.selector));
        policy.publish(bad);
    }
}
