// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {BagTree} from "../support/BagTree.sol";

contract VerifyResultTest is MarketFixture {
    bytes32 private constant MANIFEST = keccak256("manifest");

    uint32[] private ids;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
    }

    function test_WhenTheTaskIsUnknownOrHasNoResult() public {
        _answers(keccak256("unknown"), 0, RIGHT, new bytes32[](0), false, 0);
        bytes32 taskId = _post(_request());
        _answers(taskId, 0, RIGHT, new bytes32[](0), false, 0);
        _answers(taskId, 0, 0, new bytes32[](0), false, 0);
    }

    function test_WhenItIsAnotherResult() public {
        (, bytes32 taskId) = _agree(ids);
        _answers(taskId, 0, WRONG, new bytes32[](0), false, 0);
    }

    function test_WhenASingleRunIsAskedForAnotherIndexOrWithAProof() public {
        (, bytes32 taskId) = _agree(ids);
        _answers(taskId, 1, RIGHT, new bytes32[](0), false, 0);
        _answers(taskId, 0, RIGHT, new bytes32[](1), false, 0);
    }

    function test_WhenItIsTheAcceptedResult() public {
        (, bytes32 taskId) = _agree(ids);
        _answers(taskId, 0, RIGHT, new bytes32[](0), true, 300 ether);
    }

    function test_GivenABag() public {
        bytes32[] memory items = _items(5);
        bytes32 taskId = _bag(items);
        for (uint256 i = 0; i < 5; ++i) {
            bytes32[] memory proof = _proof(items, i);
            _answers(taskId, i, items[i], proof, true, 300 ether);
            _answers(taskId, (i + 1) % 5, items[i], proof, false, 0);
            _answers(taskId, i, items[(i + 1) % 5], proof, false, 0);
            bytes32 last = proof[proof.length - 1];
            proof[proof.length - 1] = keccak256("another manifest");
            _answers(taskId, i, items[i], proof, false, 0);
            proof[proof.length - 1] = last;
            proof[0] = keccak256("another path");
            _answers(taskId, i, items[i], proof, false, 0);
        }
        _answers(taskId, 0, items[0], new bytes32[](0), false, 0);
        // The bag's own result is no item.
        _answers(taskId, 0, keccak256(abi.encode(BagTree.root(items), MANIFEST)), new bytes32[](0), false, 0);
    }

    function test_GivenABagOfOneThousand() public {
        bytes32[] memory items = _items(1_000);
        bytes32 taskId = _bag(items);
        _answers(taskId, 0, items[0], _proof(items, 0), true, 300 ether);
        _answers(taskId, 999, items[999], _proof(items, 999), true, 300 ether);
    }

    function _bag(bytes32[] memory items) private returns (bytes32 taskId) {
        Request memory request = _request();
        request.volume = uint32(items.length);
        taskId = _post(request);
        bytes32 root = BagTree.root(items);
        _vote(request, taskId, ids, _same(3, keccak256(abi.encode(root, MANIFEST))));
        market.settle(request, ids, Opening(MANIFEST, root, ""));
    }

    function _items(uint256 count) private pure returns (bytes32[] memory items) {
        items = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            items[i] = keccak256(abi.encode("item", i));
        }
    }

    /// @dev The Merkle path, then the manifest.
    function _proof(bytes32[] memory items, uint256 index) private pure returns (bytes32[] memory proof) {
        bytes32[] memory path = BagTree.path(items, index);
        proof = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            proof[i] = path[i];
        }
        proof[path.length] = MANIFEST;
    }

    function _answers(
        bytes32 taskId,
        uint256 index,
        bytes32 item,
        bytes32[] memory proof,
        bool accepted,
        uint256 budget
    ) private view {
        (bool actual, uint256 actualBudget) = market.verifyResult(taskId, index, item, proof);
        eq(actual ? 1 : 0, accepted ? 1 : 0, "accepted");
        eq(actualBudget, budget, "security budget");
    }
}
