// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../../../contracts/interfaces/IDecoMarket.sol";
import {IProofPolicy, ProofContext} from "../../../contracts/interfaces/IProofPolicy.sol";
import {IZkPolicy, Shape} from "../../../contracts/interfaces/IZkPolicy.sol";
import {ZkPolicy} from "../../../contracts/policies/zk/ZkPolicy.sol";
import {Asserts} from "../support/Asserts.sol";
import {Log, VM} from "../support/Vm.sol";
import {ZkFixture} from "./ZkFixture.sol";
import {ZkProofs} from "./ZkProofs.sol";

/// @dev Genuine proofs by snarkjs, against what snarkjs emits.
contract ZkPolicyTest is Asserts, ZkFixture {
    uint24 private constant CAP = 230_000;

    ZkPolicy private policy;
    address private verifier;
    bytes32 private circuit;
    bytes32 private universal;

    function setUp() public {
        verifier = _deployGroth16();
        policy = _deploy(ZkProofs.MARKET);
        circuit = policy.register(verifier, 0);
        universal = policy.register(_deployPlonk(), 1);
        VM.mockCall(ZkProofs.MARKET, abi.encodeCall(IDecoMarket.parameters, ()), abi.encode(address(this)));
    }

    /// @dev Governance, as the policy asks the market's parameters for it.
    function owner() external view returns (address) {
        return address(this);
    }

    // --- registration ---

    function test_WhenACircuitIsRegistered() public view {
        eq(circuit, verifier.codehash, "the id is the hash of the verifier's code");
        eq(policy.getCircuit(circuit).verifier, verifier, "verifier");
        isTrue(policy.accepts(circuit) && policy.accepts(universal), "served");
        isTrue(!policy.accepts(0) && !policy.accepts(bytes32(uint256(1))), "others are not");
        isTrue(policy.kind() == IProofPolicy.Kind.Instant, "kind");
    }

    function test_RevertWhen_ACircuitIsRegisteredTwice() public {
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.AlreadyRegistered.selector, circuit));
        policy.register(_deployGroth16(), 0);
    }

    function test_RevertWhen_TheCodeIsNotWhatSnarkjsEmits() public {
        bytes memory code = verifier.code;
        code[code.length - 1] ^= 0x01;
        address altered = address(0xbad);
        for (uint256 i = 0; i < 3; ++i) {
            // One bit changed, one byte added, none there.
            if (i == 1) code = bytes.concat(verifier.code, hex"00");
            if (i == 2) code = "";
            VM.etch(altered, code);
            VM.expectRevert(abi.encodeWithSelector(IZkPolicy.UnknownShape.selector, altered));
            policy.register(altered, 0);
        }
        ZkPolicy other = _deploy(ZkProofs.MARKET);
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.UnknownShape.selector, verifier));
        other.register(verifier, 1);
    }

    function test_RevertWhen_GammaIsDelta() public {
        bytes memory code = verifier.code;
        bytes memory holes = policy.getShape(0).holes;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 gamma = (uint256(uint8(holes[12 + 2 * i])) << 8) | uint8(holes[13 + 2 * i]);
            uint256 delta = (uint256(uint8(holes[20 + 2 * i])) << 8) | uint8(holes[21 + 2 * i]);
            _setWord(code, delta, _word(code, gamma));
        }
        address forgeable = address(0xbad);
        VM.etch(forgeable, code);
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.ForgeableKey.selector, forgeable));
        policy.register(forgeable, 0);
    }

    function test_WhenAnotherKeyIsOfTheSameShape() public {
        bytes memory code = verifier.code;
        bytes memory holes = policy.getShape(0).holes;
        uint256 position = (uint256(uint8(holes[0])) << 8) | uint8(holes[1]);
        _setWord(code, position, _word(code, position) ^ 1);
        address other = address(0x07e4);
        VM.etch(other, code);
        bytes32 id = policy.register(other, 0);
        isTrue(id != circuit && policy.accepts(id), "a circuit of its own");
    }

    // --- descriptions ---

    function test_WhenACircuitIsDescribed() public {
        bytes32 document = sha256("a circuit document");
        VM.recordLogs();
        VM.prank(address(0x57a));
        policy.describe(circuit, document);
        Log[] memory logs = VM.getRecordedLogs();
        eq(logs.length, 1, "one event");
        eq(logs[0].topics[0], IZkPolicy.CircuitDescribed.selector, "event");
        eq(logs[0].topics[1], circuit, "circuit");
        eq(logs[0].topics[2], document, "document");
        eq(logs[0].topics[3], bytes32(uint256(0x57a)), "by whom");
        eq(policy.getCircuit(circuit).verifier, verifier, "nothing else changes");
    }

    function test_RevertWhen_AnUnknownCircuitIsDescribed() public {
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.UnknownCircuit.selector, bytes32(uint256(9))));
        policy.describe(bytes32(uint256(9)), 0);
    }

    // --- tombstones ---

    function test_WhenACircuitIsTombstoned() public {
        isTrue(_verify(circuit), "before");
        policy.tombstone(circuit);
        isTrue(!policy.accepts(circuit), "not served");
        isTrue(policy.accepts(universal), "others are");
        _refuses(
            abi.encodeWithSelector(IZkPolicy.CircuitTombstoned.selector, circuit),
            _context(circuit),
            _result(),
            _genuine()
        );
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.AlreadyRegistered.selector, circuit));
        policy.register(verifier, 0);
    }

    function test_RevertWhen_SomebodyElseTombstones() public {
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.NotGovernance.selector, address(0x57a)));
        VM.prank(address(0x57a));
        policy.tombstone(circuit);
        VM.expectRevert(abi.encodeWithSelector(IZkPolicy.UnknownCircuit.selector, bytes32(uint256(9))));
        policy.tombstone(bytes32(uint256(9)));
    }

    // --- genuine proofs ---

    function test_WhenAGroth16ProofIsGenuine() public view {
        (ProofContext memory context, bytes32 result, bytes memory proof) = (_context(circuit), _result(), _genuine());
        uint256 before = gasleft();
        isTrue(policy.verify(context, result, proof), "accepted");
        atMost(before - gasleft(), 225_000, "gas");
    }

    function test_WhenAPlonkProofIsGenuine() public view {
        bytes memory proof = _proof(ZkProofs.PLONK_INPUT, ZkProofs.PLONK_OUTPUT, ZkProofs.PLONK_PROOF);
        ProofContext memory context = _context(universal);
        context.input = _inputOf(ZkProofs.PLONK_INPUT);
        isTrue(policy.verify(context, _resultOf(ZkProofs.PLONK_OUTPUT), proof), "accepted");
        eq(ZkProofs.PLONK_OUTPUT, 51, "3^3 + 5 * 3 + 9 is in the open");
        context.provider = 8;
        isTrue(!policy.verify(context, _resultOf(ZkProofs.PLONK_OUTPUT), proof), "another provider's");
    }

    function testFuzz_GivenAnyWord(uint256 number) public view {
        ProofContext memory context = _context(circuit);
        uint256 inField = number % FIELD;
        context.input = _inputOf(inField);
        // The proof is not of these commitments; that it is the verifier who says so shows that the documents matched.
        bytes memory proof = _proof(inField, inField, ZkProofs.GROTH16_PROOF);
        isTrue(!policy.verify(context, _resultOf(inField), proof), "asked, and refused");
    }

    // --- replay ---

    function test_WhenAProofIsReplayed() public {
        ProofContext memory context = _context(circuit);
        context.taskId = keccak256("another task");
        isTrue(!policy.verify(context, _result(), _genuine()), "another task");

        context = _context(circuit);
        context.provider = 8;
        isTrue(!policy.verify(context, _result(), _genuine()), "another provider");

        ZkPolicy other = _deploy(address(0xdec1));
        other.register(verifier, 0);
        isTrue(!other.verify(_context(circuit), _result(), _genuine()), "another market");

        VM.chainId(1);
        isTrue(!policy.verify(_context(circuit), _result(), _genuine()), "another chain");
        VM.chainId(31_337);
        isTrue(_verify(circuit), "the one that it is for");
    }

    // --- refusals ---

    function test_RevertWhen_ASignalIsAnAlias() public {
        ProofContext memory context = _context(circuit);
        uint256 input = ZkProofs.GROTH16_INPUT + FIELD;
        context.input = _inputOf(input);
        _refuses(
            abi.encodeWithSelector(IZkPolicy.SignalOutOfField.selector, 0),
            context,
            _result(),
            _proof(input, ZkProofs.GROTH16_OUTPUT, ZkProofs.GROTH16_PROOF)
        );

        uint256 output = ZkProofs.GROTH16_OUTPUT + FIELD;
        _refuses(
            abi.encodeWithSelector(IZkPolicy.SignalOutOfField.selector, 1),
            _context(circuit),
            _resultOf(output),
            _proof(ZkProofs.GROTH16_INPUT, output, ZkProofs.GROTH16_PROOF)
        );
    }

    function test_RevertWhen_TheInputOrResultIsAnother() public {
        ProofContext memory context = _context(circuit);
        context.input = _inputOf(1);
        bytes32 given = _inputOf(ZkProofs.GROTH16_INPUT);
        _refuses(
            abi.encodeWithSelector(IZkPolicy.AnotherInput.selector, given, context.input),
            context,
            _result(),
            _genuine()
        );

        bytes32 wrong = _resultOf(1);
        _refuses(
            abi.encodeWithSelector(IZkPolicy.AnotherResult.selector, _result(), wrong),
            _context(circuit),
            wrong,
            _genuine()
        );
    }

    function test_RevertWhen_TheCircuitIsUnknown() public {
        _refuses(
            abi.encodeWithSelector(IZkPolicy.UnknownCircuit.selector, bytes32(uint256(1))),
            _context(bytes32(uint256(1))),
            _result(),
            _genuine()
        );
    }

    function test_RevertWhen_TheTaskIsABag() public {
        ProofContext memory context = _context(circuit);
        context.volume = 2;
        _refuses(abi.encodeWithSelector(IZkPolicy.VolumeNotProven.selector, 2), context, _result(), _genuine());
    }

    function test_RevertWhen_TheProofIsTooShort() public {
        _refuses(abi.encodeWithSelector(IZkPolicy.ProofTooShort.selector, 0, 320), _context(circuit), _result(), "");
        _refuses(
            abi.encodeWithSelector(IZkPolicy.ProofTooShort.selector, 319, 320),
            _context(circuit),
            _result(),
            new bytes(319)
        );
    }

    function test_WhenACurvePointIsInvalid() public view {
        // Each point of the proof in turn; the precompile burns all that the verifier has.
        for (uint256 i = 0; i < 8; ++i) {
            bytes memory words = ZkProofs.GROTH16_PROOF;
            _setWord(words, i * 32, _word(words, i * 32) ^ 1);
            bytes memory proof = _proof(ZkProofs.GROTH16_INPUT, ZkProofs.GROTH16_OUTPUT, words);
            ProofContext memory context = _context(circuit);
            bytes32 result = _result();
            uint256 before = gasleft();
            isTrue(!policy.verify{gas: 5_000_000}(context, result, proof), "refused");
            atMost(before - gasleft(), CAP + 20_000, "gas");
        }
    }

    function test_WhenACurvePointOfAPlonkProofIsInvalid() public view {
        // The nine points, of two words each; the six evaluations after them are numbers.
        for (uint256 i = 0; i < 18; ++i) {
            bytes memory words = ZkProofs.PLONK_PROOF;
            _setWord(words, i * 32, _word(words, i * 32) ^ 1);
            bytes memory proof = _proof(ZkProofs.PLONK_INPUT, ZkProofs.PLONK_OUTPUT, words);
            ProofContext memory context = _context(universal);
            context.input = _inputOf(ZkProofs.PLONK_INPUT);
            bytes32 result = _resultOf(ZkProofs.PLONK_OUTPUT);
            uint256 before = gasleft();
            isTrue(!policy.verify{gas: 5_000_000}(context, result, proof), "refused");
            atMost(before - gasleft(), 330_000 + 20_000, "gas");
        }
    }

    function test_WhenAProofIsMalleated() public view {
        // -A, -B, C is as good a proof of the same statement, of the same provider and the same task.
        bytes memory words = ZkProofs.GROTH16_PROOF;
        uint256[3] memory ordinates = [uint256(32), 128, 160];
        for (uint256 i = 0; i < 3; ++i) {
            _setWord(words, ordinates[i], BASE - _word(words, ordinates[i]));
        }
        bytes memory proof = _proof(ZkProofs.GROTH16_INPUT, ZkProofs.GROTH16_OUTPUT, words);
        isTrue(keccak256(proof) != keccak256(_genuine()), "another text");
        isTrue(policy.verify(_context(circuit), _result(), proof), "the same statement");
        ProofContext memory context = _context(circuit);
        context.provider = 8;
        isTrue(!policy.verify(context, _result(), proof), "worthless to whoever copied it");
        context = _context(circuit);
        context.taskId = keccak256("another task");
        isTrue(!policy.verify(context, _result(), proof), "and for another task");
    }

    // --- helpers ---

    function _deploy(address market) private returns (ZkPolicy) {
        Shape[] memory shapes = new Shape[](2);
        shapes[0] = _shapeOf(verifier, ZkProofs.GROTH16_KEY, 8, CAP);
        shapes[1] = _shapeOf(_deployPlonk(), ZkProofs.PLONK_KEY, 24, 330_000);
        return _deployZkPolicy(IDecoMarket(market), shapes);
    }

    function _context(bytes32 circuit_) private pure returns (ProofContext memory context) {
        context.taskId = ZkProofs.TASK;
        context.provider = ZkProofs.PROVIDER;
        context.input = _inputOf(ZkProofs.GROTH16_INPUT);
        context.policyData = circuit_;
        context.volume = 1;
    }

    function _result() private pure returns (bytes32) {
        return _resultOf(ZkProofs.GROTH16_OUTPUT);
    }

    function _genuine() private pure returns (bytes memory) {
        return _proof(ZkProofs.GROTH16_INPUT, ZkProofs.GROTH16_OUTPUT, ZkProofs.GROTH16_PROOF);
    }

    function _verify(bytes32 circuit_) private view returns (bool) {
        return policy.verify(_context(circuit_), _result(), _genuine());
    }

    /// @dev Takes what is hashed ready-made: the next call is the one that must revert.
    function _refuses(bytes memory reason, ProofContext memory context, bytes32 result, bytes memory proof) private {
        VM.expectRevert(reason);
        policy.verify(context, result, proof);
    }
}
