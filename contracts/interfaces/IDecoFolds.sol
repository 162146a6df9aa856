// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fold, SealedCommitment} from "../types/Fold.sol";
import {Match} from "../types/Matching.sol";
import {Opening} from "../types/Opening.sol";
import {Request} from "../types/Request.sol";

/// @title IDecoFolds
/// @notice Tasks of which the chain keeps one word. When an allocator fills the first round as it opens the task, the seats need no
/// words of their own as long as all goes well: the task's word is a digest of task, roster and seats, which an event tells,
/// and calls bring them along. At any moment anyone may `unfold` the task, and it is what it would have been.
/// @dev Nothing is decided by folding: rights, deadlines, locks and payments are the same. A seat's own calls (`commit`,
/// `decline`, `abstain`) and every other way out need the task unfolded first, in one `multicall` if need be.
interface IDecoFolds {
    /// @notice A task was opened with its first round full, and folded.
    /// @param task The packed task; `terms` the packed parameters of its post; `seats` the packed seats of `roster`, in its order.
    event TaskFolded(bytes32 indexed taskId, uint256 task, uint256 terms, uint32[] roster, uint256[] seats);
    /// @notice The seats have words of their own again.
    event TaskUnfolded(bytes32 indexed taskId);

    /// @notice {IDecoMatching-openAndAssign} of a new task with all seats of its first round, folded.
    /// @dev Providers by ascending id, first those of `taskSeats`, then those of `offerSeats`. No seat of a fold raises trust.
    function openAndFold(Match calldata item) external returns (bytes32 taskId);

    /// @notice Brings the commitments of all seats at once, each signed by its provider's operator key. Reveals are open
    /// from then on.
    /// @param commitments In the order of the roster.
    function commitFolded(bytes32 taskId, Fold calldata fold, SealedCommitment[] calldata commitments) external;

    /// @notice {IDecoTasks-settleAgreed} of a folded task.
    function settleFolded(
        Request calldata request,
        Fold calldata fold,
        Opening calldata opening,
        bytes32[] calldata salts
    ) external;

    /// @notice Gives the seats their words. By anyone, at any time.
    function unfold(bytes32 taskId, Fold calldata fold) external;
}
