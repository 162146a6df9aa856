// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {REQUEST_TYPEHASH, REQUEST_WORDS, Request} from "../../../contracts/types/Request.sol";
import {MarketFixture} from "../MarketFixture.sol";

contract RequestTest is MarketFixture {
    function test_BodyIs37WordsWithoutOffsets() public {
        Request memory request = _request();
        bytes memory body = abi.encode(request);
        eq(body.length, REQUEST_WORDS * 32, "words");
        bytes32 first;
        assembly ("memory-safe") {
            first := mload(add(body, 32))
        }
        eq(first, bytes32(uint256(uint160(request.requester))), "the first word is the first field, not an offset");
    }

    /// @dev The hash over calldata is EIP-712's over the fields, for any values.
    function testFuzz_TaskIdIsTheEip712Hash(Request memory request) public view {
        bytes32 structHash = keccak256(bytes.concat(REQUEST_TYPEHASH, abi.encode(request)));
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash));
        eq(market.hashRequest(request), expected, "task id");
    }

    function test_DomainBindsChainAndMarket() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Deco"),
                keccak256("1"),
                block.chainid,
                address(market)
            )
        );
        eq(market.domainSeparator(), domain, "domain");
    }

    /// @dev The type string names every field of the struct, in order: 37 of them.
    function test_TypeHash() public pure {
        bytes32 expected = keccak256(
            "Request(address requester,uint256 nonce,uint40 expiry,bytes32 program,bytes32 input,uint32 volume,address token,uint96 minPrice,uint96 maxPrice,uint32 rampSeconds,uint96 settlementFee,uint96 lock,uint16 dissentBps,uint8 replicas,uint8 maxReplicas,uint16 thresholdBps,uint8 minAgreeing,uint8 minTrust,uint16 minWeight,uint32 claimWindow,uint32 commitWindow,uint32 revealWindow,uint32 challengeWindow,uint32 deliveryWindow,uint32 inputWindow,uint16 auditBps,uint96 panelPrice,address policy,bytes32 policyData,address allocator,uint32 allocatorWindow,address callback,uint32 callbackGas,address programOwner,uint16 programBps,address dataOwner,uint16 dataBps)"
        );
        eq(REQUEST_TYPEHASH, expected, "type hash");
    }
}
