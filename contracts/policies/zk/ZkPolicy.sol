// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IDecoMarket} from "../../interfaces/IDecoMarket.sol";
import {IProofPolicy, ProofContext} from "../../interfaces/IProofPolicy.sol";
import {HexText} from "./HexText.sol";
import {Circuit, IZkPolicy, Shape} from "../../interfaces/IZkPolicy.sol";

/// @title ZkPolicy
/// @notice See {IZkPolicy}. Holds no funds; whoever governs it can only remove circuits.
contract ZkPolicy is IZkPolicy {
    /// @dev Order of BN254's scalar field.
    uint256 private constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    IDecoMarket public immutable market;

    Shape[] private _shapes;
    mapping(bytes32 circuit => Circuit) private _circuits;

    /// @param shapes What verifiers may look like. They never change: a new kind is a new policy.
    constructor(IDecoMarket market_, Shape[] memory shapes) {
        market = market_;
        for (uint256 i = 0; i < shapes.length; ++i) {
            _shapes.push(shapes[i]);
        }
    }

    // --- circuits ---

    /// @inheritdoc IZkPolicy
    function register(address verifier, uint256 shape) external returns (bytes32 circuit) {
        Shape memory known = _shapes[shape];
        circuit = verifier.codehash;
        if (_circuits[circuit].verifier != address(0)) revert AlreadyRegistered(circuit);
        bytes memory code = verifier.code;
        uint256[] memory key = _takeKey(code, known.holes);
        if (keccak256(code) != known.codeHash) revert UnknownShape(verifier);
        if (known.gamma != known.delta && _sameFour(key, known.gamma, known.delta)) revert ForgeableKey(verifier);
        _circuits[circuit] =
            Circuit({verifier: verifier, gasCap: known.gasCap, proofWords: known.proofWords, tombstoned: false});
        emit CircuitRegistered(circuit, verifier, shape);
    }

    /// @inheritdoc IZkPolicy
    function describe(bytes32 circuit, bytes32 document) external {
        if (_circuits[circuit].verifier == address(0)) revert UnknownCircuit(circuit);
        emit CircuitDescribed(circuit, document, msg.sender);
    }

    /// @inheritdoc IZkPolicy
    function tombstone(bytes32 circuit) external {
        if (msg.sender != Ownable(address(market.parameters())).owner()) revert NotGovernance(msg.sender);
        if (_circuits[circuit].verifier == address(0)) revert UnknownCircuit(circuit);
        _circuits[circuit].tombstoned = true;
        emit CircuitRemoved(circuit);
    }

    /// @inheritdoc IZkPolicy
    function getCircuit(bytes32 circuit) external view returns (Circuit memory) {
        return _circuits[circuit];
    }

    /// @inheritdoc IZkPolicy
    function getShape(uint256 shape) external view returns (Shape memory) {
        return _shapes[shape];
    }

    // --- the market's questions ---

    /// @inheritdoc IProofPolicy
    function kind() external pure returns (Kind) {
        return Kind.Instant;
    }

    /// @inheritdoc IProofPolicy
    function accepts(bytes32 policyData) external view returns (bool) {
        Circuit memory circuit = _circuits[policyData];
        return circuit.verifier != address(0) && !circuit.tombstoned;
    }

    /// @inheritdoc IProofPolicy
    function verify(ProofContext calldata context, bytes32 result, bytes calldata proof) external view returns (bool) {
        Circuit memory circuit = _circuits[context.policyData];
        if (circuit.verifier == address(0)) revert UnknownCircuit(context.policyData);
        if (circuit.tombstoned) revert CircuitTombstoned(context.policyData);
        if (context.volume != 1) revert VolumeNotProven(context.volume);
        uint256 tail = 64 + uint256(circuit.proofWords) * 32;
        if (proof.length < tail) revert ProofTooShort(proof.length, tail);
        uint256 input = uint256(bytes32(proof[:32]));
        uint256 output = uint256(bytes32(proof[32:64]));
        if (input >= FIELD) revert SignalOutOfField(0);
        if (output >= FIELD) revert SignalOutOfField(1);
        _requireInput(input, proof[tail:], context.input);
        _requireResult(output, result);
        return _askVerifier(circuit, proof[64:tail], input, output, bindingOf(context.taskId, context.provider));
    }

    /// @inheritdoc IZkPolicy
    function bindingOf(bytes32 taskId, uint32 provider) public view returns (uint256) {
        return uint256(keccak256(abi.encode(taskId, provider, block.chainid, market))) % FIELD;
    }

    /// @dev That the commitment is the one of the document whose digest the task names. Whatever else the document says is the
    /// requester's; a document with a second commitment is no valid one.
    function _requireInput(uint256 commitment, bytes calldata rest, bytes32 asked) private pure {
        bytes32 given = sha256(abi.encodePacked('{"commitment":"0x', HexText.digits(commitment), '"', rest));
        if (given != asked) revert AnotherInput(given, asked);
    }

    /// @dev That the result says this commitment and nothing else, for nothing else was proven.
    function _requireResult(uint256 commitment, bytes32 claimed) private pure {
        bytes32 given = sha256(
            abi.encodePacked('{"commitment":"0x', HexText.digits(commitment), '","deco":"result/1","exitCode":0}')
        );
        if (given != claimed) revert AnotherResult(given, claimed);
    }

    /// @dev `verifyProof` of either kind takes static words only: those of the proof, then the three signals.
    function _askVerifier(Circuit memory circuit, bytes calldata words, uint256 input, uint256 output, uint256 binding)
        private
        view
        returns (bool)
    {
        bytes4 selector = circuit.proofWords == 8
            ? bytes4(keccak256("verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[3])"))
            : bytes4(keccak256("verifyProof(uint256[24],uint256[3])"));
        bytes memory question = abi.encodePacked(selector, words, input, output, binding);
        (bool answered, bytes memory answer) = circuit.verifier.staticcall{gas: circuit.gasCap}(question);
        return answered && answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }

    // --- shapes ---

    /// @dev Takes the numbers of the key out of the code and leaves zeroes.
    function _takeKey(bytes memory code, bytes memory holes) private pure returns (uint256[] memory key) {
        uint256 count = holes.length / 2;
        key = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 position = (uint256(uint8(holes[2 * i])) << 8) | uint8(holes[2 * i + 1]);
            // Code that is too short for the shape is not of it.
            if (position + 32 > code.length) return key;
            assembly ("memory-safe") {
                let place := add(add(code, 32), position)
                mstore(add(add(key, 32), mul(i, 32)), mload(place))
                mstore(place, 0)
            }
        }
    }

    function _sameFour(uint256[] memory key, uint256 a, uint256 b) private pure returns (bool) {
        for (uint256 i = 0; i < 4; ++i) {
            if (key[a + i] != key[b + i]) return false;
        }
        return true;
    }
}
