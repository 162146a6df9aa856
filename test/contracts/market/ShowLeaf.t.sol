// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {DisputeStatus} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {BagTree} from "../support/BagTree.sol";
import {VM} from "../support/Vm.sol";

contract ShowLeafTest is PanelFixture {
    bytes32 private constant MANIFEST = keccak256("manifest");
    bytes32[] private _items;

    function test_RevertWhen_TheTaskIsNotAccepted() public {
        Request memory request = _windowed();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        market.showLeaf(request, 0, WRONG, new bytes32[](0));
    }

    function test_RevertWhen_ThereIsNoSuchDispute() public {
        (Request memory request, bytes32 taskId) = _bag();
        bytes32[] memory proof = _proof(2);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.None));
        market.showLeaf(request, 0, _items[2], proof);
    }

    function test_RevertWhen_TheLeafWasShownBefore() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, _items[2], _proof(2));
        bytes32[] memory proof = _proof(2);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.Voting));
        market.showLeaf(request, 0, _items[2], proof);
    }

    function test_RevertWhen_TheProofIsOfAnotherLeaf() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, 0, new bytes32[](0));
        bytes32[] memory proof = _proof(1);
        _refused(abi.encodeWithSelector(LeafMismatch.selector, taskId, 2, _items[1]));
        market.showLeaf(request, 0, _items[1], proof);
    }

    function test_RevertWhen_ThereIsNoProofAtAll() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, 0, new bytes32[](0));
        _refused(abi.encodeWithSelector(LeafMismatch.selector, taskId, 2, _items[2]));
        market.showLeaf(request, 0, _items[2], new bytes32[](0));
    }

    function test_GivenTheRightLeafInTime() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, 0, new bytes32[](0));
        _later(1);
        bytes32[] memory proof = _proof(2);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.LeafShown(taskId, 0, _items[2]);
        _as(STRANGER);
        market.showLeaf(request, 0, _items[2], proof);
        eq(market.getDispute(taskId, 0).item, _items[2], "item");
        _decided(request, taskId, 0, _items[2]);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "status");
    }

    function test_GivenALeafThatNobodyShows() public {
        (Request memory request, bytes32 taskId) = _bag();
        _as(APPELLANT);
        market.appeal(request, 2, 0, new bytes32[](0));
        _later(1);
        _decided(request, taskId, 0, _items[2]);
        _later(CHALLENGE + 1);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Ended), "status");
    }

    /// @dev Four items, of which the third is wrong.
    function _bag() private returns (Request memory request, bytes32 taskId) {
        request = _windowed();
        request.volume = 4;
        for (uint256 i = 0; i < 4; ++i) {
            _items.push(keccak256(abi.encode("item", i)));
        }
        Opening memory opening = Opening({digest: MANIFEST, root: BagTree.root(_items), document: ""});
        bytes32 result = keccak256(abi.encode(opening.root, MANIFEST));
        taskId = _revealed(request, _same(3, result));
        _as(RELAYER);
        market.settle(request, _members(0, 3), opening);
        _later(1);
    }

    function _proof(uint256 leaf) private view returns (bytes32[] memory proof) {
        bytes32[] memory path = BagTree.path(_items, leaf);
        proof = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            proof[i] = path[i];
        }
        proof[path.length] = MANIFEST;
    }
}
