// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoAccounts} from "../interfaces/IDecoAccounts.sol";
import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IDecoProviders} from "../interfaces/IDecoProviders.sol";
import {IDecoTasks} from "../interfaces/IDecoTasks.sol";
import {IRandomness} from "../interfaces/IRandomness.sol";
import {ProviderIdentity, ProviderStake, ProviderWords, ProviderWork} from "../types/Provider.sol";
import {Request} from "../types/Request.sol";
import {Outcome, TaskLib, TaskStatus} from "../types/Task.sol";
import {MarketState} from "./MarketState.sol";
import {Settlement} from "./core/Settlement.sol";
import {MarketExtension} from "./extension/MarketExtension.sol";

/// @title DecoMarket
/// @notice A marketplace for computation whose payments depend on proof. See {IDecoMarket} for the specification.
/// @dev One contract may hold 24,576 bytes of code, so the rarer calls (providers, exits before a vote, failures) live in
/// {MarketExtension} and run here by delegatecall. Both inherit {MarketState} first, so their storage layout is one; the
/// extension's address is immutable; each forwarded call is listed below. See docs/decisions/0070.
contract DecoMarket is Settlement, Multicall {
    using ProviderWords for uint256;
    using TaskLib for uint256;

    /// @notice Thrown at deployment when the extension was made for another market.
    error ExtensionMismatch(address extension);

    /// @notice The rarer half of this contract's code.
    address public immutable extension;

    /// @param deco_ The stake token; it must be burnable.
    /// @param parameters_ Governed values.
    /// @param randomness_ Seeds for sortition.
    /// @param extension_ A {MarketExtension} made with the same three.
    constructor(address deco_, IDecoParameters parameters_, IRandomness randomness_, address extension_)
        MarketState(deco_, parameters_, randomness_)
    {
        (address itsDeco, IDecoParameters itsParameters, IRandomness itsRandomness) =
            MarketExtension(extension_).configuration();
        bool matches = itsDeco == deco_ && address(itsParameters) == address(parameters_)
            && address(itsRandomness) == address(randomness_);
        if (!matches) revert ExtensionMismatch(extension_);
        extension = extension_;
    }

    // --- forwarded to the extension ---

    /// @inheritdoc IDecoProviders
    function register(address, bytes32, string calldata, uint96) external returns (uint32) {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function describe(uint32, bytes32, string calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function stake(uint32, uint96) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function unbond(uint32, uint96) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function withdrawStake(uint32) external returns (uint256) {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function setOperator(uint32, address) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function offerOwnership(uint32, address) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function acceptOwnership(uint32) external {
        _forward();
    }

    /// @inheritdoc IDecoProviders
    function deregister(uint32) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function cancel(Request calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function decline(Request calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function reseed(Request calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function abstain(bytes32, uint8) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function escalate(Request calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoTasks
    function expire(Request calldata, uint32[] calldata) external {
        _forward();
    }

    /// @inheritdoc IDecoAccounts
    function burnPending() external returns (uint256) {
        _forward();
    }

    // --- views ---

    /// @inheritdoc IDecoMarket
    function deco() external view returns (address) {
        return DECO;
    }

    /// @inheritdoc IDecoMarket
    function parameters() external view returns (IDecoParameters) {
        return PARAMETERS;
    }

    /// @inheritdoc IDecoMarket
    function randomness() external view returns (IRandomness) {
        return RANDOMNESS;
    }

    /// @inheritdoc IDecoMarket
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc IDecoProviders
    function providerCount() external view returns (uint32) {
        return _providerCount;
    }

    /// @inheritdoc IDecoProviders
    function providerOf(address operator) external view returns (uint32) {
        return _providerOf[operator];
    }

    /// @inheritdoc IDecoProviders
    function getProvider(uint32 provider)
        external
        view
        returns (ProviderStake memory, ProviderWork memory, ProviderIdentity memory)
    {
        return (_stakes[provider].unpackStake(), _works[provider].unpackWork(), _identities[provider]);
    }

    /// @inheritdoc IDecoProviders
    function totalStake() external view returns (uint256) {
        return _totalStake;
    }

    /// @inheritdoc IDecoTasks
    function getOutcome(bytes32 taskId) external view returns (Outcome memory outcome) {
        uint256 word = _tasks[taskId];
        outcome.status = word.statusOf();
        if (outcome.status == TaskStatus.None) revert UnknownTask(taskId);
        if (outcome.status == TaskStatus.Settled || outcome.status == TaskStatus.Ended) return word.unpackOutcome();
    }

    /// @inheritdoc IDecoTasks
    function verifyResult(bytes32 taskId, uint256 index, bytes32 item, bytes32[] calldata proof)
        external
        view
        returns (bool accepted, uint256 securityBudget)
    {
        uint256 word = _tasks[taskId];
        if (word.statusOf() != TaskStatus.Settled) return (false, 0);
        Outcome memory outcome = word.unpackOutcome();
        bytes32 result = item;
        if (outcome.bag) {
            if (proof.length == 0) return (false, 0);
            // The manifest digest ends the proof; the path comes before it.
            uint256 last = proof.length - 1;
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(index, item))));
            bytes32 root = MerkleProof.processProofCalldata(proof[:last], leaf);
            result = keccak256(abi.encode(root, proof[last]));
        } else if (index != 0 || proof.length != 0) {
            return (false, 0);
        }
        accepted = outcome.result == bytes26(result);
        if (accepted) securityBudget = uint256(outcome.securityBudget) * 1 ether;
    }

    /// @dev Runs this call's data as code of the extension, and ends the call with what it returned.
    function _forward() private {
        address target = extension;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            calldatacopy(pointer, 0, calldatasize())
            let succeeded := delegatecall(gas(), target, pointer, calldatasize(), 0, 0)
            returndatacopy(pointer, 0, returndatasize())
            if iszero(succeeded) { revert(pointer, returndatasize()) }
            return(pointer, returndatasize())
        }
    }
}
