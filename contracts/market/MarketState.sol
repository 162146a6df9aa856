// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IDecoErrors} from "../interfaces/IDecoErrors.sol";
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {Dispute, Verdict} from "../types/Panel.sol";
import {ProviderIdentity} from "../types/Provider.sol";
import {Request, RequestLib} from "../types/Request.sol";
import {Task, TaskLib, TaskStatus} from "../types/Task.sol";

/// @title MarketState
/// @notice Storage of the market and the readings that every module shares. The market's code is in two contracts of the
/// same storage layout (see {DecoMarket}); funds live in one place and no module can be swapped.
abstract contract MarketState is IDecoErrors, EIP712, ReentrancyGuardTransient {
    using RequestLib for Request;
    using TaskLib for uint256;

    /// @dev Thousandths of a DECO, the unit of packed stakes and fees.
    uint256 internal constant MILLI = 1e15;

    address internal immutable DECO;
    IDecoParameters internal immutable PARAMETERS;
    IRandomness internal immutable RANDOMNESS;

    /// @dev What the market owes to accounts, by token.
    mapping(address token => mapping(address account => uint256)) internal _balances;
    /// @dev What the market owes to providers, by token; an id outlives its keys.
    mapping(address token => mapping(uint32 provider => uint256)) internal _earnings;

    /// @dev Packed {ProviderStake}.
    mapping(uint32 provider => uint256 word) internal _stakes;
    /// @dev Packed {ProviderWork}.
    mapping(uint32 provider => uint256 word) internal _works;
    mapping(uint32 provider => ProviderIdentity) internal _identities;
    mapping(address operator => uint32 provider) internal _providerOf;

    /// @dev Packed {Task}, or {Outcome} once ended. Never returns to zero. Panels are here too, by {PanelLib.id}.
    mapping(bytes32 taskId => uint256 word) internal _tasks;
    /// @dev Packed {Seat} by {SeatLib.key}; cleared when the task ends. A panel's seats stay.
    mapping(bytes32 key => uint256 word) internal _seats;

    /// @dev Sum of active stake, the number of identities, and of those that may take seats (neither dormant nor leaving): one
    /// word.
    uint128 internal _totalStake;
    uint32 internal _providerCount;
    uint32 internal _activeIdentities;
    /// @dev DECO to be burned: slashes and fees.
    uint256 internal _pendingBurn;

    /// @dev Seats that standing offers filled, by EIP-712 hash; all bits set once cancelled.
    mapping(bytes32 offer => uint256 used) internal _offerUses;

    /// @dev Of tasks whose results are final only after a window; from post on. See {Verdict}.
    mapping(bytes32 taskId => Verdict) internal _verdicts;
    mapping(bytes32 taskId => mapping(uint256 index => Dispute)) internal _disputes;

    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_) EIP712("Deco", "1") {
        DECO = deco_;
        PARAMETERS = parameters_;
        RANDOMNESS = randomness_;
    }

    function _hash(Request calldata request) internal view returns (bytes32) {
        return _hashTypedDataV4(request.structHash());
    }

    /// @dev A task that has not ended and is not folded.
    function _load(bytes32 taskId) internal view returns (Task memory task) {
        uint256 word = _tasks[taskId];
        TaskStatus status = word.statusOf();
        if (status == TaskStatus.None) revert UnknownTask(taskId);
        if (status == TaskStatus.Settled || status == TaskStatus.Ended || status == TaskStatus.Folded) {
            revert WrongStatus(taskId, status);
        }
        return word.unpack();
    }

    /// @dev The provider that the caller operates.
    function _caller() internal view returns (uint32 provider) {
        provider = _providerOf[msg.sender];
        if (provider == 0) revert NotAnOperator(msg.sender);
    }
}
