// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a policy may know of the task that it judges.
struct ProofContext {
    bytes32 taskId;
    /// Provider that holds the seat, or the rescuer.
    uint32 provider;
    bytes32 program;
    bytes32 input;
    bytes32 policyData;
    uint32 volume;
}

/// @title IProofPolicy
/// @notice A way to prove results other than replicated voting. Policies are allow-listed by governance, called with a gas
/// cap, hold no funds and are told nothing about prices.
/// @dev Two kinds. An *instant* policy answers `verify` within the settling transaction (zk, attested). A *judge* policy is
/// the only account that may call the market's `conclude` for its tasks (optimistic games, other protocols' evaluators).
interface IProofPolicy {
    enum Kind {
        Instant,
        Judge
    }

    /// @notice Kind of this policy; never changes.
    function kind() external view returns (Kind);

    /// @notice Whether requests with this `policyData` can be served (circuit known, not tombstoned). Once it was true it turns
    /// false only for ever: from then on anyone may end the live tasks with it, neutrally.
    function accepts(bytes32 policyData) external view returns (bool);

    /// @notice Instant policies: whether `proof` shows `result` for `context`. A revert, or gas exhausted, counts as false.
    function verify(ProofContext calldata context, bytes32 result, bytes calldata proof) external view returns (bool);
}
