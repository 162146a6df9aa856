// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "./IDecoAccounts.sol";
import {IDecoErrors} from "./IDecoErrors.sol";
import {IDecoFolds} from "./IDecoFolds.sol";
import {IDecoMatching} from "./IDecoMatching.sol";
import {IDecoOrders} from "./IDecoOrders.sol";
import {IDecoPanels} from "./IDecoPanels.sol";
import {IDecoParameters} from "./IDecoParameters.sol";
import {IDecoProofs} from "./IDecoProofs.sol";
import {IDecoProviders} from "./IDecoProviders.sol";
import {IDecoTasks} from "./IDecoTasks.sol";
import {IRandomness} from "./IRandomness.sol";

/// @title IDecoMarket
/// @notice The one contract that holds funds.
interface IDecoMarket is
    IDecoErrors,
    IDecoAccounts,
    IDecoProviders,
    IDecoTasks,
    IDecoMatching,
    IDecoFolds,
    IDecoPanels,
    IDecoProofs,
    IDecoOrders
{
    /// @notice The stake token.
    function deco() external view returns (address);
    function parameters() external view returns (IDecoParameters);
    /// @notice Where seeds come from. Immutable: changing it means a new market.
    function randomness() external view returns (IRandomness);
    /// @notice EIP-712 domain separator of requests.
    function domainSeparator() external view returns (bytes32);
}
