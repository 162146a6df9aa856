// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderIdentity, ProviderStake, ProviderWork} from "../types/Provider.sol";

/// @title IDecoProviders
/// @notice Identities that stake DECO and run work. A provider is its id, whatever its keys: the *owner* key holds the
/// money, the *operator* key signs the daily work and can withdraw nothing.
interface IDecoProviders {
    event ProviderRegistered(uint32 indexed provider, address indexed owner, address indexed operator);
    /// @notice `metadata` is the digest of the metadata document; `endpoint` is a comma-separated list of multiaddrs (libp2p
    /// and gateway) at which inputs are asked for and results are served.
    event ProviderDescribed(uint32 indexed provider, bytes32 metadata, string endpoint);
    event OperatorChanged(uint32 indexed provider, address indexed previous, address indexed operator);
    event OwnershipOffered(uint32 indexed provider, address indexed to);
    /// @notice Ownership moved and trust was reset to the start: trust cannot be bought.
    event OwnershipAccepted(uint32 indexed provider, address indexed previous, address indexed owner, uint8 trust);
    event StakeChanged(uint32 indexed provider, uint256 active, uint256 unbonding);
    event StakeWithdrawn(uint32 indexed provider, address indexed to, uint256 amount);
    event ProviderLeft(uint32 indexed provider);

    /// @notice Creates an identity owned by the caller and stakes DECO from the caller's market balance, pulling what is
    /// missing by allowance.
    /// @return provider Its id, from 1.
    function register(address operator, bytes32 metadata, string calldata endpoint, uint96 stake)
        external
        returns (uint32 provider);

    /// @notice New metadata and endpoint; by the owner or the operator.
    function describe(uint32 provider, bytes32 metadata, string calldata endpoint) external;

    /// @notice Adds stake from the owner's market balance, pulling what is missing. It counts for tasks posted later.
    function stake(uint32 provider, uint96 amount) external;

    /// @notice Starts the unbonding of free stake; a second call restarts the delay for the whole.
    function unbond(uint32 provider, uint96 amount) external;

    /// @notice Credits unbonded stake to the owner's market balance.
    function withdrawStake(uint32 provider) external returns (uint256 amount);

    /// @notice Replaces the operator key. Seats stay: they belong to the id.
    function setOperator(uint32 provider, address operator) external;

    /// @notice Offers the identity to a new owner, who must accept; zero withdraws the offer.
    function offerOwnership(uint32 provider, address to) external;
    function acceptOwnership(uint32 provider) external;

    /// @notice Stops taking seats and unbonds all free stake; called again as tasks end, until nothing is left.
    function deregister(uint32 provider) external;

    function providerCount() external view returns (uint32);
    /// @notice Identities that may take seats: neither dormant nor leaving.
    function activeIdentities() external view returns (uint32);
    function providerOf(address operator) external view returns (uint32);
    function getProvider(uint32 provider)
        external
        view
        returns (ProviderStake memory stake, ProviderWork memory work, ProviderIdentity memory identity);
    /// @notice Sum of all active stake, in base units.
    function totalStake() external view returns (uint256);
}
