// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IDecoAccounts
/// @notice Money inside the market. Everything that the market owes is pulled by its owner; no push ever happens.
interface IDecoAccounts {
    event Deposited(address indexed token, address indexed account, uint256 amount);
    event Withdrawn(address indexed token, address indexed account, address indexed to, uint256 amount);
    event EarningsWithdrawn(uint32 indexed provider, address indexed token, address indexed to, uint256 amount);
    /// @notice Slashed stake and fees left the supply.
    event Burned(uint256 amount);

    /// @notice Credits what arrives: the balance difference, not the amount asked for.
    /// @return received Base units credited.
    function deposit(address token, uint256 amount) external returns (uint256 received);

    /// @notice {deposit} after an EIP-2612 permit; a permit that fails (used by a front-runner, say) is ignored.
    function depositWithPermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 received);

    /// @notice Sends part of the caller's balance.
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice Sends part of what a provider has earned; by its owner.
    function withdrawEarnings(uint32 provider, address token, uint256 amount, address to) external;

    /// @notice Burns the DECO that slashes and fees have set aside; by anyone.
    function burnPending() external returns (uint256 amount);

    function balanceOf(address token, address account) external view returns (uint256);
    function earningsOf(address token, uint32 provider) external view returns (uint256);
    function pendingBurn() external view returns (uint256);
}
