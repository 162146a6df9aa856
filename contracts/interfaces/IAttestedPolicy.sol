// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AttestationKind} from "./IAttestationRegistry.sol";
import {IProofPolicy} from "./IProofPolicy.sol";

/// @notice What a requester accepts: in which environments, on whose word. Its digest is a request's `policyData`.
struct Acceptance {
    /// Bit `1 << kind` for each {AttestationKind}.
    uint8 kinds;
    /// Of its attesters, how many must stand behind a key.
    uint8 minAttesters;
    /// Measurements, ascending.
    bytes32[] measurements;
    /// Attesters, ascending. Nobody else's word counts.
    address[] attesters;
}

/// @title IAttestedPolicy
/// @notice An instant policy: a result is shown by the signature of a key that trusted hardware keeps, enrolled in the
/// {IAttestationRegistry} for the provider that holds the seat.
/// @dev A proof is `abi.encode(key, environment, r, s)`: the id of the enrolment, the measurement of the environment, and the P-256
/// signature over SHA-256(result ‖ environment ‖ task id). The task id binds chain, market, program and input. Of both signatures of one
/// message only the one with the low `s` is taken.
///
/// Value at stake: a task's lock is at least its price at the token's governed lock rate, so that what a provider has locked in live seats
/// bounds what its keys could take now. A key shows nothing while that exceeds what the accepted attesters put behind it. For the same
/// reason only the holder of a seat is served: not a rescuer, and no task without seats.
interface IAttestedPolicy is IProofPolicy {
    error UnknownAcceptance(bytes32 acceptance);
    /// @notice Thrown when a list is empty, too long or not ascending, or asks for what it cannot give.
    error BadAcceptance();
    error ProofLength(uint256 length);
    error KeyNotLive(bytes32 key);
    /// @notice Thrown when the key is another provider's.
    error AnotherProvidersKey(bytes32 key, uint32 provider);
    error KindNotAccepted(bytes32 key, AttestationKind kind);
    error MeasurementNotAccepted(bytes32 key, bytes32 measurement);
    /// @notice Thrown when the signed environment is not the one in which the key was enrolled.
    error AnotherEnvironment(bytes32 key, bytes32 environment);
    error TooFewAttesters(bytes32 key, uint256 found, uint256 needed);
    /// @notice Thrown when more is at stake than the accepted attesters put behind the key, in base units of DECO.
    error CoverExceeded(bytes32 key, uint256 atStake, uint256 cover);
    /// @notice Thrown when the provider holds no seat on the task.
    error SeatNotHeld(bytes32 taskId, uint32 provider);

    event AcceptancePublished(bytes32 indexed acceptance, Acceptance statement);

    /// @notice Makes a statement usable as `policyData`, for ever. By anyone; again is free of effect.
    /// @return acceptance keccak256 of its ABI encoding.
    function publish(Acceptance calldata statement) external returns (bytes32 acceptance);

    function getAcceptance(bytes32 acceptance) external view returns (Acceptance memory);

    /// @notice What a key signs.
    function messageOf(bytes32 taskId, bytes32 result, bytes32 environment) external pure returns (bytes32);

    /// @notice Base units of DECO that the attesters of a statement put behind a key, and how many they are.
    function coverOf(bytes32 acceptance, bytes32 key) external view returns (uint256 cover, uint256 attesters);
}
