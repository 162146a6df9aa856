// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProofPolicy} from "./IProofPolicy.sol";

/// @notice The code of one kind of verifier, as the compiler makes it from what snarkjs emits: all but the numbers of the key.
struct Shape {
    /// keccak256 of the runtime code in which the numbers of the key are zeroes.
    bytes32 codeHash;
    /// Gas that a proof of this kind gets. An invalid curve point burns all of it.
    uint24 gasCap;
    /// Words of a proof.
    uint8 proofWords;
    /// Positions among `holes` of the four numbers of gamma, and of delta; equal where a key has none (PLONK).
    uint8 gamma;
    uint8 delta;
    /// Where the numbers of the key stand: 16 bits each, from the start of the code.
    bytes holes;
}

/// @notice A registered circuit.
struct Circuit {
    /// What snarkjs emitted for its key.
    address verifier;
    uint24 gasCap;
    uint8 proofWords;
    /// Gone for ever.
    bool tombstoned;
}

/// @title IZkPolicy
/// @notice An instant policy: results are shown by zero-knowledge proofs over BN254 with three public signals.
/// @dev The id of a circuit is the hash of its verifier's runtime code, that is, of its verification key filled into a known shape. So
/// anybody registers circuits, nobody can register another verifier under an id, and `policyData` alone says which key decides.
///
/// The signals, in this order:
/// 1. commitment of the input, a number below the field's order: the task's input document begins `{"commitment":"0x…"`;
/// 2. commitment of the output: the result is SHA-256 of `{"commitment":"0x…","deco":"result/1","exitCode":0}`;
/// 3. binding: {bindingOf} task and provider, which this policy computes itself.
/// What the commitments commit to is the circuit's part; its header says it.
///
/// A proof is: signal 1, signal 2, the words of the proof as its verifier takes them, then the bytes that follow the commitment's
/// closing quote in the input document.
interface IZkPolicy is IProofPolicy {
    /// @notice Thrown when the code is of no shape that this policy knows: not what snarkjs emits, or a number of the key
    /// begins with a zero byte, which changes the code.
    error UnknownShape(address verifier);
    /// @notice Thrown for a key whose gamma equals its delta: nobody contributed to its phase 2, and anybody forges its proofs.
    error ForgeableKey(address verifier);
    /// @notice Thrown when the circuit was registered before. A tombstoned one never returns.
    error AlreadyRegistered(bytes32 circuit);
    error UnknownCircuit(bytes32 circuit);
    error CircuitTombstoned(bytes32 circuit);
    /// @notice Thrown when the caller does not govern the market's parameters.
    error NotGovernance(address caller);
    /// @notice Thrown for bags: a proof is of one run.
    error VolumeNotProven(uint32 volume);
    error ProofTooShort(uint256 length, uint256 needed);
    /// @notice Thrown when a signal is not below the order of the field, and so would stand for another.
    error SignalOutOfField(uint256 index);
    /// @notice Thrown when the first signal is not the commitment that the task's input document names.
    error AnotherInput(bytes32 given, bytes32 asked);
    /// @notice Thrown when the second signal is not the commitment of the result.
    error AnotherResult(bytes32 given, bytes32 claimed);

    event CircuitRegistered(bytes32 indexed circuit, address indexed verifier, uint256 shape);
    event CircuitRemoved(bytes32 indexed circuit);
    /// @notice Somebody said where a circuit's source, keys and transcript are. Nobody has checked it.
    /// @param document SHA-256 of a `circuit/1` document.
    event CircuitDescribed(bytes32 indexed circuit, bytes32 indexed document, address indexed by);

    /// @notice Registers the circuit of a deployed verifier. By anyone.
    /// @param shape Which of the known shapes its code has.
    function register(address verifier, uint256 shape) external returns (bytes32 circuit);

    /// @notice Says where a registered circuit's source, keys and transcript are, in an event. By anyone, as often as anyone likes: what is
    /// said proves itself or is worth nothing.
    function describe(bytes32 circuit, bytes32 document) external;

    /// @notice Removes a circuit for ever, because it or its setup is broken; by whoever governs the market's parameters. Its live tasks
    /// end neutrally.
    function tombstone(bytes32 circuit) external;

    function getCircuit(bytes32 circuit) external view returns (Circuit memory);

    function getShape(uint256 shape) external view returns (Shape memory);

    /// @notice The signal that ties a proof to a task and who proves it: keccak256 of both, the chain and the market, reduced to the field.
    function bindingOf(bytes32 taskId, uint32 provider) external view returns (uint256);
}
