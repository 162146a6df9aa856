// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoReceiver} from "../interfaces/IDecoReceiver.sol";
import {Opening} from "../types/Opening.sol";

/// @title HostileReceiver
/// @notice Takes results badly, in every way that a contract can.
contract HostileReceiver is IDecoReceiver {
    enum Mood {
        Accepts,
        Reverts,
        /// Reverts with far more data than its gas could pay the caller to copy.
        Bombs,
        /// Uses all gas.
        Burns,
        /// Uses gas, then accepts.
        Works,
        Destroys,
        /// Calls back what it was told to.
        Enters
    }

    error Unwilling();

    Mood public mood;
    uint256 public work;
    address private _target;
    bytes[] private _calls;

    uint256 public received;
    bytes32 public lastTask;
    bytes32 public lastDigest;
    bytes32 public lastRoot;
    uint256 public lastBudget;
    bytes public lastDocument;
    /// @notice Which of the calls came through.
    bool[] public entered;

    function set(Mood mood_) external {
        mood = mood_;
    }

    /// @notice Gas to use before accepting.
    function setWork(uint256 gas_) external {
        (mood, work) = (Mood.Works, gas_);
    }

    /// @notice What to call during the next delivery.
    function setCalls(address target, bytes[] calldata calls) external {
        mood = Mood.Enters;
        _target = target;
        delete _calls;
        for (uint256 i = 0; i < calls.length; ++i) {
            _calls.push(calls[i]);
        }
    }

    /// @notice Calls from here, to approve and post.
    function run(address target, bytes calldata data) external returns (bytes memory answer) {
        bool succeeded;
        (succeeded, answer) = target.call(data);
        if (!succeeded) revert Unwilling();
    }

    /// @inheritdoc IDecoReceiver
    function onDecoResult(bytes32 taskId, Opening calldata opening, uint256 securityBudget) external {
        uint256 start = gasleft();
        if (mood == Mood.Reverts) revert Unwilling();
        if (mood == Mood.Bombs) {
            assembly {
                revert(0, 200000)
            }
        }
        // solhint-disable-next-line no-empty-blocks
        if (mood == Mood.Burns) while (true) {}
        // solhint-disable-next-line no-empty-blocks
        if (mood == Mood.Works) while (start - gasleft() < work) {}
        // solhint-disable-next-line avoid-suicide
        if (mood == Mood.Destroys) selfdestruct(payable(msg.sender));
        if (mood == Mood.Enters) {
            for (uint256 i = 0; i < _calls.length; ++i) {
                (bool succeeded,) = _target.call(_calls[i]);
                entered.push(succeeded);
            }
        }
        if (mood == Mood.Works) return;
        ++received;
        (lastTask, lastDigest, lastRoot, lastBudget) = (taskId, opening.digest, opening.root, securityBudget);
        lastDocument = opening.document;
    }
}
