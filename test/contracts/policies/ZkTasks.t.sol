// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {Shape} from "../../../contracts/interfaces/IZkPolicy.sol";
import {ZkPolicy} from "../../../contracts/policies/zk/ZkPolicy.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";
import {Keys} from "../support/Wallets.sol";
import {ZkFixture} from "./ZkFixture.sol";

/// @dev What a market does with the policy; the verifier is a stand-in, since the proofs are of tasks that are made here.
contract ZkTasksTest is MarketFixture, ZkFixture {
    uint256 private constant INPUT = 0x11;
    uint256 private constant OUTPUT = 0x37;

    uint32[] private ids;
    uint32[] private one;
    ZkPolicy private policy;
    bytes32 private circuit;
    Request private request;
    bytes32 private taskId;
    Opening private opened;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        one = _slice(ids, 0, 1);
        address verifier = _deployEcho();
        Shape[] memory shapes = new Shape[](1);
        shapes[0] = Shape(verifier.codehash, 100_000, 8, 0, 0, "");
        policy = _deployZkPolicy(market, shapes);
        opened.digest = _resultOf(OUTPUT);
        circuit = policy.register(verifier, 0);
        parameters.setPolicy(address(policy), true, 400_000);
    }

    function test_WhenTheHolderProves() public {
        _held();
        _prove(ids[0], one, _proofOf(ids[0]));
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        (bool accepted,) = market.verifyResult(taskId, 0, _resultOf(OUTPUT), new bytes32[](0));
        isTrue(accepted, "the result is the document that names the output");
        eq(_work(ids[0]).locked, 0, "lock");
    }

    function test_WhenSomebodyRescues() public {
        _held();
        uint256 price = _price(request, taskId, ids[0]);
        _later(request.commitWindow + 1);
        _prove(ids[1], one, _proofOf(ids[1]));
        eq(_earned(ids[1]), price, "price of the seat");
        eq(_earned(ids[0]), 0, "the holder is not paid");
    }

    function test_WhenOpenedAndProvenInOneTransaction() public {
        uint256 key = 0xa11ce;
        address holder = VM.addr(key);
        _fund(holder);
        VM.startPrank(holder);
        market.deposit(address(token), 100e6);
        market.deposit(address(deco), 100 ether);
        VM.stopPrank();
        request = _asked(0);
        request.requester = holder;
        taskId = market.hashRequest(request);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IDecoMatching.openSigned, (request, Keys.sign(key, taskId)));
        calls[1] = abi.encodeCall(IDecoProofs.prove, (request, _none(), opened, _proofOf(ids[2])));
        _as(_operator(ids[2]));
        Multicall(address(market)).multicall(calls);
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
        eq(_earned(ids[2]), request.minPrice, "paid");
    }

    function test_RevertWhen_AProofIsCopied() public {
        request = _asked(0);
        taskId = _post(request);
        bytes memory seen = _proofOf(ids[0]);
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[1]));
        _prove(ids[1], _none(), seen);
        _prove(ids[0], _none(), seen);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _prove(ids[0], _none(), seen);
    }

    function test_RevertWhen_TheResultSaysMoreThanTheProof() public {
        _held();
        bytes memory proof = _proofOf(ids[0]);
        Opening memory other;
        other.digest = sha256(
            bytes.concat('{"commitment":"0x', _hex(OUTPUT), '","deco":"result/1","exitCode":0,"outputs":"free"}')
        );
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _as(_operator(ids[0]));
        market.prove(request, one, other, proof);
    }

    function test_WhenTheCircuitIsTombstonedWhileTheSeatIsHeld() public {
        _held();
        policy.tombstone(circuit);
        bytes memory proof = _proofOf(ids[0]);
        _refused(abi.encodeWithSelector(ProofRefused.selector, taskId, ids[0]));
        _prove(ids[0], one, proof);
        _expire(request, one);
        _isEnded(taskId, EndReason.PolicyRemoved);
        eq(_stake(ids[0]).active, STAKE, "no slash");
        eq(_work(ids[0]).locked, 0, "lock");
        eq(_work(ids[0]).trust, 10, "trust");
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_RevertWhen_TheCircuitIsTombstonedBeforeThePost() public {
        policy.tombstone(circuit);
        request = _asked(1);
        _refused(abi.encodeWithSelector(PolicyRefuses.selector, address(policy), circuit));
        _as(REQUESTER);
        market.post(request);
    }

    // --- helpers ---

    function _asked(uint8 replicas) private returns (Request memory made) {
        made = _request();
        (made.replicas, made.maxReplicas, made.minAgreeing) = (replicas, replicas, 1);
        (made.policy, made.policyData, made.input) = (address(policy), circuit, _inputOf(INPUT));
    }

    function _held() private {
        request = _asked(1);
        taskId = _post(request);
        // Late enough for every ticket to be drawn, too late to raise trust.
        _later(request.claimWindow - 2);
        _claim(request, ids[0]);
    }

    function _proofOf(uint32 provider) private view returns (bytes memory) {
        uint256[3] memory signals = [INPUT, OUTPUT, policy.bindingOf(taskId, provider)];
        bytes memory words = bytes.concat(keccak256(abi.encode(signals)), new bytes(224));
        return _proof(INPUT, OUTPUT, words);
    }

    function _prove(uint32 provider, uint32[] memory roster, bytes memory proof) private {
        _as(_operator(provider));
        market.prove(request, roster, opened, proof);
    }
}
