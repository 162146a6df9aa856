// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoFolds} from "../../contracts/interfaces/IDecoFolds.sol";
import {Fold, FoldLib, SealedCommitment, SignedCommitment} from "../../contracts/types/Fold.sol";
import {Match} from "../../contracts/types/Matching.sol";
import {OpeningLib} from "../../contracts/types/Opening.sol";
import {Request} from "../../contracts/types/Request.sol";
import {SeatLib, SeatStatus} from "../../contracts/types/Seat.sol";
import {TaskLib, TaskStatus} from "../../contracts/types/Task.sol";
import {MatchingFixture} from "./MatchingFixture.sol";
import {Log, VM} from "./support/Vm.sol";
import {Keys} from "./support/Wallets.sol";

/// @title FoldFixture
/// @notice Folded tasks of two replicas, and commitments that others bring.
abstract contract FoldFixture is MatchingFixture {
    using TaskLib for uint256;

    Request internal request;
    bytes32 internal taskId;

    /// @dev Opens the request of `_signable`, as its allocator, with the first two providers.
    function _openFolded() internal returns (Fold memory fold) {
        request = _signable();
        return _openFolded(_match(request, _pair()));
    }

    function _openFolded(Match memory item) internal returns (Fold memory fold) {
        taskId = market.hashRequest(item.request);
        VM.recordLogs();
        VM.prank(allocator);
        market.openAndFold(item);
        return _toldFold();
    }

    /// @dev What the event told, which is what everybody has.
    function _toldFold() internal returns (Fold memory fold) {
        Log[] memory logs = VM.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IDecoFolds.TaskFolded.selector) continue;
            (fold.task, fold.terms, fold.roster, fold.seats) =
                abi.decode(logs[i].data, (uint256, uint256, uint32[], uint256[]));
            return fold;
        }
        revert("no TaskFolded");
    }

    /// @dev A commitment of round 1, also of a seat that the chain keeps no word of.
    function _commitmentTo(uint32 provider, bytes32 result) internal view returns (bytes32) {
        bytes32 tag = OpeningLib.tag(taskId, 1, result);
        return OpeningLib.commitment(taskId, 1, provider, tag, _salt(taskId, provider));
    }

    function _signCommitment(uint256 key, bytes32 commitment) internal view returns (bytes32 r, bytes32 vs) {
        return Keys.signShort(key, _digest(FoldLib.structHash(taskId, 1, commitment)));
    }

    function _sealed(uint32[] memory roster, bytes32 result) internal view returns (SealedCommitment[] memory items) {
        items = new SealedCommitment[](roster.length);
        for (uint256 i = 0; i < roster.length; ++i) {
            items[i] = _sealedOf(roster[i], result);
        }
    }

    function _sealedOf(uint32 provider, bytes32 result) internal view returns (SealedCommitment memory item) {
        item.commitment = _commitmentTo(provider, result);
        (item.r, item.vs) = _signCommitment(_key(provider), item.commitment);
    }

    function _signedOf(uint32 provider, bytes32 result) internal view returns (SignedCommitment memory item) {
        SealedCommitment memory part = _sealedOf(provider, result);
        return SignedCommitment(taskId, provider, part.commitment, part.r, part.vs);
    }

    function _signedOf(uint32[] memory providers, bytes32 result)
        internal
        view
        returns (SignedCommitment[] memory items)
    {
        items = new SignedCommitment[](providers.length);
        for (uint256 i = 0; i < providers.length; ++i) {
            items[i] = _signedOf(providers[i], result);
        }
    }

    /// @dev Brings the commitments; what the fold is afterwards follows from what the events tell.
    function _commitFolded(Fold memory fold, bytes32 result) internal returns (Fold memory) {
        VM.prank(RELAYER);
        market.commitFolded(taskId, fold, _sealed(fold.roster, result));
        return _committed(fold, result);
    }

    function _committed(Fold memory fold, bytes32 result) internal view returns (Fold memory after_) {
        uint256 count = fold.seats.length;
        after_.roster = fold.roster;
        after_.terms = fold.terms;
        after_.seats = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            bytes24 prefix = bytes24(_commitmentTo(fold.roster[i], result));
            after_.seats[i] = SeatLib.advance(fold.seats[i], SeatStatus.Committed, prefix);
        }
        uint256 task = fold.task + count * TaskLib.ONE_COMMITTED;
        after_.task = task.inPhase(TaskStatus.Revealing, block.timestamp);
    }

    function _salts(uint32[] memory roster) internal view returns (bytes32[] memory salts) {
        salts = new bytes32[](roster.length);
        for (uint256 i = 0; i < roster.length; ++i) {
            salts[i] = _salt(taskId, roster[i]);
        }
    }

    function _settleFolded(Fold memory fold, bytes32 result) internal {
        VM.prank(RELAYER);
        market.settleFolded(request, fold, _opening(result), _salts(fold.roster));
    }
}
