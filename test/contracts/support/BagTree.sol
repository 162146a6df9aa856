// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BagTree
/// @notice OpenZeppelin's StandardMerkleTree over (uint256 index, bytes32 item): leaves hashed twice and sorted, in a complete
/// binary tree whose leaves are at its end, in reverse.
library BagTree {
    function root(bytes32[] memory items) internal pure returns (bytes32) {
        return _tree(items)[0];
    }

    function path(bytes32[] memory items, uint256 index) internal pure returns (bytes32[] memory siblings) {
        bytes32[] memory tree = _tree(items);
        bytes32 wanted = leaf(index, items[index]);
        uint256 node = items.length - 1;
        while (tree[node] != wanted) ++node;
        siblings = new bytes32[](64);
        uint256 depth;
        while (node > 0) {
            siblings[depth++] = tree[node % 2 == 1 ? node + 1 : node - 1];
            node = (node - 1) / 2;
        }
        assembly ("memory-safe") {
            mstore(siblings, depth)
        }
    }

    function leaf(uint256 index, bytes32 item) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(index, item))));
    }

    function _tree(bytes32[] memory items) private pure returns (bytes32[] memory tree) {
        uint256 count = items.length;
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = leaf(i, items[i]);
        }
        _sort(leaves, 0, count);
        tree = new bytes32[](2 * count - 1);
        for (uint256 i = 0; i < count; ++i) {
            tree[tree.length - 1 - i] = leaves[i];
        }
        for (uint256 i = count - 1; i > 0; --i) {
            tree[i - 1] = _pair(tree[2 * i - 1], tree[2 * i]);
        }
    }

    function _pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    /// @dev Quicksort of `list[from .. to - 1]`.
    function _sort(bytes32[] memory list, uint256 from, uint256 to) private pure {
        if (to - from < 2) return;
        bytes32 pivot = list[from + (to - from) / 2];
        uint256 i = from;
        uint256 j = to - 1;
        while (true) {
            while (list[i] < pivot) ++i;
            while (list[j] > pivot) --j;
            if (i >= j) break;
            (list[i], list[j]) = (list[j], list[i]);
            ++i;
            --j;
        }
        _sort(list, from, i);
        _sort(list, i, to);
    }
}
