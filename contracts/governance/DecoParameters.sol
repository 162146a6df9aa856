// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IDecoParameters} from "../interfaces/IDecoParameters.sol";
import {IProofPolicy} from "../interfaces/IProofPolicy.sol";
import {
    PolicyParameters,
    PolicyWord,
    PostParameters,
    TaskParameters,
    TaskParametersLib,
    TokenParameters
} from "../types/Parameters.sol";
import {PostWord, TokenWord} from "../types/PostWord.sol";
import {ParameterBounds} from "./ParameterBounds.sol";

/// @title DecoParameters
/// @notice See {IDecoParameters}. The bounds are in {ParameterBounds}: no owner can leave them.
contract DecoParameters is IDecoParameters, Ownable2Step {
    using TaskParametersLib for TaskParameters;
    using TaskParametersLib for uint256;
    using PostWord for uint256;

    /// @dev {PostParameters} and the current version in one word, so that `atPost` reads three slots in all; with the protocol fee, so that
    /// `atOrder` does, too.
    uint256 private _current;
    /// @dev Packed {TaskParameters}; a version is written once.
    mapping(uint16 version => uint256 word) private _taskWords;
    /// @dev One slot each: 8 + 112 + 96 bits.
    mapping(address token => TokenParameters) private _tokens;
    address private _treasury;
    mapping(address policy => PolicyParameters) private _policies;
    mapping(address allocator => bool) private _movesTrust;

    /// @param owner_ The timelock on public networks.
    /// @param treasury_ Receiver of protocol fees.
    constructor(address owner_, address treasury_, TaskParameters memory task, PostParameters memory post)
        Ownable(owner_)
    {
        _setTreasury(treasury_);
        _setParameters(task, post);
    }

    /// @notice Replaces all values; tasks posted before keep theirs.
    function setParameters(TaskParameters calldata task, PostParameters calldata post) external onlyOwner {
        _setParameters(task, post);
    }

    /// @notice Lists a token, changes its terms, or, with `listed` false, refuses it for new tasks and deposits. Balances
    /// and running tasks of a token that is no longer listed are not touched.
    function setToken(address token, TokenParameters calldata listing) external onlyOwner {
        if (token == address(0)) revert ZeroAddress("token");
        if (listing.listed && token.code.length == 0) revert TokenWithoutCode(token);
        ParameterBounds.check(listing);
        _tokens[token] = listing;
        emit TokenChanged(token, listing);
    }

    /// @notice Lists a policy, changes its gas, or, with `listed` false, refuses it for new tasks. Its kind is read when it is
    /// first listed and kept.
    function setPolicy(address policy, bool listed, uint24 gasCap) external onlyOwner {
        ParameterBounds.checkPolicy(gasCap);
        PolicyParameters memory current = _policies[policy];
        if (current.tombstoned) revert PolicyTombstoned(policy);
        if (current.gasCap == 0) {
            if (policy.code.length == 0) revert PolicyWithoutCode(policy);
            current.kind = IProofPolicy(policy).kind();
        }
        (current.listed, current.gasCap) = (listed, gasCap);
        _policies[policy] = current;
        emit PolicyChanged(policy, current);
    }

    /// @notice Removes a policy for ever, because it is broken: its live tasks end neutrally.
    function tombstonePolicy(address policy) external onlyOwner {
        PolicyParameters memory current = _policies[policy];
        if (current.gasCap == 0) revert PolicyUnknown(policy);
        (current.listed, current.tombstoned) = (false, true);
        _policies[policy] = current;
        emit PolicyChanged(policy, current);
    }

    /// @notice Future protocol fees go to `treasury_`.
    function setTreasury(address treasury_) external onlyOwner {
        _setTreasury(treasury_);
    }

    /// @notice Lists an allocator as trust-moving, or no longer.
    function setAllocator(address allocator, bool movesTrust_) external onlyOwner {
        if (allocator == address(0)) revert ZeroAddress("allocator");
        _movesTrust[allocator] = movesTrust_;
        emit AllocatorChanged(allocator, movesTrust_);
    }

    /// @inheritdoc IDecoParameters
    function atPost(address token) external view returns (uint256 post, uint256 task, uint256 listing) {
        post = _current;
        task = _taskWords[post.versionOf()];
        listing = TokenWord.read(_tokens[token]);
    }

    /// @inheritdoc IDecoParameters
    function atOrder(address token, address policy)
        external
        view
        returns (uint256 post, uint256 listing, uint256 policy_)
    {
        return (_current, TokenWord.read(_tokens[token]), PolicyWord.read(_policies[policy]));
    }

    /// @inheritdoc IDecoParameters
    function taskWord(uint16 version_) external view returns (uint256) {
        return _taskWords[version_];
    }

    /// @inheritdoc IDecoParameters
    function version() external view returns (uint16) {
        return _current.versionOf();
    }

    /// @inheritdoc IDecoParameters
    function taskParameters(uint16 version_) external view returns (TaskParameters memory) {
        return _taskWords[version_].unpack();
    }

    /// @inheritdoc IDecoParameters
    function postParameters() external view returns (PostParameters memory) {
        return _current.unpackPost();
    }

    /// @inheritdoc IDecoParameters
    function tokenParameters(address token) external view returns (TokenParameters memory) {
        return _tokens[token];
    }

    /// @inheritdoc IDecoParameters
    function movesTrust(address allocator) external view returns (bool) {
        return _movesTrust[allocator];
    }

    /// @inheritdoc IDecoParameters
    function policyParameters(address policy) external view returns (PolicyParameters memory) {
        return _policies[policy];
    }

    /// @inheritdoc IDecoParameters
    function policyWord(address policy) external view returns (uint256) {
        return PolicyWord.read(_policies[policy]);
    }

    /// @inheritdoc IDecoParameters
    function treasury() external view returns (address) {
        return _treasury;
    }

    function _setParameters(TaskParameters memory task, PostParameters memory post) private {
        ParameterBounds.check(task);
        ParameterBounds.check(post);
        uint16 previous = _current.versionOf();
        if (previous == type(uint16).max) revert VersionsExhausted();
        uint16 next = previous + 1;
        _current = PostWord.pack(post, next, task.protocolFeeBps);
        _taskWords[next] = task.pack();
        emit ParametersChanged(next, task, post);
    }

    function _setTreasury(address treasury_) private {
        if (treasury_ == address(0)) revert ZeroAddress("treasury");
        _treasury = treasury_;
        emit TreasuryChanged(treasury_);
    }
}
