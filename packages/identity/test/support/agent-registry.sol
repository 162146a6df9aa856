// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// What ERC-8004's draft says of an identity registry, as far as links use it: agents are tokens, whose owners alone set their
/// metadata; it stays when they are sold.
contract AgentRegistry is ERC721("Agents", "AGENT") {
    uint256 private _agents;
    mapping(uint256 agentId => mapping(string metadataKey => bytes)) private _metadata;

    function register() external returns (uint256 agentId) {
        agentId = _agents++;
        _mint(msg.sender, agentId);
    }

    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        return _metadata[agentId][metadataKey];
    }

    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external {
        _checkAuthorized(ownerOf(agentId), msg.sender, agentId);
        _metadata[agentId][metadataKey] = metadataValue;
    }
}
