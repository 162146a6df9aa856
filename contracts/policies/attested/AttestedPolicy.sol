// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {AttestedKey, IAttestationRegistry} from "../../interfaces/IAttestationRegistry.sol";
import {Acceptance, IAttestedPolicy} from "../../interfaces/IAttestedPolicy.sol";
import {IDecoMarket} from "../../interfaces/IDecoMarket.sol";
import {IProofPolicy, ProofContext} from "../../interfaces/IProofPolicy.sol";
import {ProviderWork} from "../../types/Provider.sol";
import {SeatStatus} from "../../types/Seat.sol";

/// @title AttestedPolicy
/// @notice See {IAttestedPolicy}. Holds no funds and has no owner.
contract AttestedPolicy is IAttestedPolicy {
    /// @dev Of measurements, and of attesters. Bounds the gas of a proof.
    uint256 public constant MAX_LIST = 16;
    uint256 private constant KINDS = 3;

    IDecoMarket public immutable market;
    IAttestationRegistry public immutable registry;

    mapping(bytes32 acceptance => Acceptance) private _acceptances;

    constructor(IDecoMarket market_, IAttestationRegistry registry_) {
        (market, registry) = (market_, registry_);
    }

    // --- statements ---

    /// @inheritdoc IAttestedPolicy
    function publish(Acceptance calldata statement) external returns (bytes32 acceptance) {
        uint256 attesters = statement.attesters.length;
        uint256 measurements = statement.measurements.length;
        bool sized = attesters != 0 && attesters <= MAX_LIST && measurements != 0 && measurements <= MAX_LIST;
        bool possible = statement.minAttesters != 0 && statement.minAttesters <= attesters;
        bool known = statement.kinds != 0 && statement.kinds >> KINDS == 0;
        if (!sized || !possible || !known) revert BadAcceptance();
        for (uint256 i = 1; i < measurements; ++i) {
            if (statement.measurements[i] <= statement.measurements[i - 1]) revert BadAcceptance();
        }
        for (uint256 i = 1; i < attesters; ++i) {
            if (statement.attesters[i] <= statement.attesters[i - 1]) revert BadAcceptance();
        }
        acceptance = keccak256(abi.encode(statement));
        if (_acceptances[acceptance].kinds != 0) return acceptance;
        _acceptances[acceptance] = statement;
        emit AcceptancePublished(acceptance, statement);
    }

    /// @inheritdoc IAttestedPolicy
    function getAcceptance(bytes32 acceptance) external view returns (Acceptance memory) {
        return _acceptances[acceptance];
    }

    // --- the market's questions ---

    /// @inheritdoc IProofPolicy
    function kind() external pure returns (Kind) {
        return Kind.Instant;
    }

    /// @inheritdoc IProofPolicy
    function accepts(bytes32 policyData) external view returns (bool) {
        return _acceptances[policyData].kinds != 0;
    }

    /// @inheritdoc IProofPolicy
    function verify(ProofContext calldata context, bytes32 result, bytes calldata proof) external view returns (bool) {
        if (proof.length != 128) revert ProofLength(proof.length);
        (bytes32 key, bytes32 environment, bytes32 r, bytes32 s) =
            abi.decode(proof, (bytes32, bytes32, bytes32, bytes32));
        if (!registry.isLive(key)) revert KeyNotLive(key);
        AttestedKey memory known = registry.getKey(key);
        if (known.provider != context.provider) revert AnotherProvidersKey(key, known.provider);
        if (environment != known.measurement) revert AnotherEnvironment(key, environment);
        _requireAccepted(context.policyData, key, known);
        _requireCovered(context, key);
        return P256.verify(messageOf(context.taskId, result, environment), r, s, known.x, known.y);
    }

    /// @inheritdoc IAttestedPolicy
    function messageOf(bytes32 taskId, bytes32 result, bytes32 environment) public pure returns (bytes32) {
        return sha256(abi.encodePacked(result, environment, taskId));
    }

    /// @inheritdoc IAttestedPolicy
    function coverOf(bytes32 acceptance, bytes32 key) public view returns (uint256 cover, uint256 attesters) {
        address[] storage accepted = _acceptances[acceptance].attesters;
        for (uint256 i = 0; i < accepted.length; ++i) {
            uint256 behind = registry.coverOf(key, accepted[i]);
            if (behind == 0) continue;
            cover += behind;
            ++attesters;
        }
    }

    function _requireAccepted(bytes32 acceptance, bytes32 key, AttestedKey memory known) private view {
        Acceptance storage statement = _acceptances[acceptance];
        if (statement.kinds == 0) revert UnknownAcceptance(acceptance);
        if (statement.kinds & (1 << uint8(known.kind)) == 0) revert KindNotAccepted(key, known.kind);
        bytes32[] storage measurements = statement.measurements;
        for (uint256 i = 0; i < measurements.length; ++i) {
            if (measurements[i] == known.measurement) return;
        }
        revert MeasurementNotAccepted(key, known.measurement);
    }

    function _requireCovered(ProofContext calldata context, bytes32 key) private view {
        if (market.getSeat(context.taskId, context.provider).status != SeatStatus.Taken) {
            revert SeatNotHeld(context.taskId, context.provider);
        }
        (uint256 cover, uint256 attesters) = coverOf(context.policyData, key);
        uint256 needed = _acceptances[context.policyData].minAttesters;
        if (attesters < needed) revert TooFewAttesters(key, attesters, needed);
        (, ProviderWork memory work,) = market.getProvider(context.provider);
        if (work.locked > cover) revert CoverExceeded(key, work.locked, cover);
    }
}
