// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {DecoParameters} from "../../../contracts/governance/DecoParameters.sol";
import {ParameterBounds} from "../../../contracts/governance/ParameterBounds.sol";
import {PostWord, TokenWord} from "../../../contracts/types/PostWord.sol";
import {IDecoParameters} from "../../../contracts/interfaces/IDecoParameters.sol";
import {IProofPolicy} from "../../../contracts/interfaces/IProofPolicy.sol";
import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {
    PolicyWord,
    PolicyParameters,
    PostParameters,
    TaskParameters,
    TaskParametersLib,
    TokenParameters
} from "../../../contracts/types/Parameters.sol";
import {Asserts} from "../support/Asserts.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract DecoParametersTest is Asserts {
    address private constant TREASURY = address(0x7ea);
    address private constant STRANGER = address(0x5);

    DecoParameters private parameters;
    TestToken private token;

    event ParametersChanged(uint16 indexed version, TaskParameters task, PostParameters post);
    event TokenChanged(address indexed token, TokenParameters parameters);
    event TreasuryChanged(address treasury);

    function setUp() public {
        parameters = new DecoParameters(address(this), TREASURY, Defaults.task(), Defaults.post());
        token = new TestToken("Test", "TEST", 6);
    }

    // --- deployment ---

    function test_Deployment_IsVersionOne() public view {
        eq(parameters.version(), 1, "version");
        eq(parameters.treasury(), TREASURY, "treasury");
        eq(keccak256(abi.encode(parameters.taskParameters(1))), keccak256(abi.encode(Defaults.task())), "task");
        eq(keccak256(abi.encode(parameters.postParameters())), keccak256(abi.encode(Defaults.post())), "post");
        eq(parameters.taskWord(1), TaskParametersLib.pack(Defaults.task()), "task word");
        eq(parameters.taskWord(2), 0, "no second version");
    }

    function test_Deployment_RefusesNoTreasury() public {
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.ZeroAddress.selector, bytes32("treasury")));
        new DecoParameters(address(this), address(0), Defaults.task(), Defaults.post());
    }

    // --- setParameters ---

    function test_SetParameters_MakesANewVersionAndKeepsTheOld() public {
        TaskParameters memory task = Defaults.task();
        PostParameters memory post = Defaults.post();
        task.protocolFeeBps = 123;
        post.unbond = 2 days;
        VM.expectEmit(true, false, false, true);
        emit ParametersChanged(2, task, post);
        parameters.setParameters(task, post);
        eq(parameters.version(), 2, "version");
        eq(parameters.taskParameters(1).protocolFeeBps, Defaults.task().protocolFeeBps, "version 1 stays");
        eq(parameters.taskParameters(2).protocolFeeBps, 123, "version 2");
        (uint256 current, uint256 word, uint256 listing) = parameters.atPost(address(token));
        eq(PostWord.versionOf(current), 2, "version at post");
        eq(word, parameters.taskWord(2), "word at post");
        eq(PostWord.unbond(current), 2 days, "post parameters");
        isTrue(!TokenWord.listed(listing), "token not listed");
    }

    function test_AtOrder_TellsOfTokenAndPolicyAndTheFeeOfNow() public {
        TaskParameters memory task = Defaults.task();
        task.protocolFeeBps = 123;
        parameters.setParameters(task, Defaults.post());
        parameters.setToken(address(token), TokenParameters({listed: true, lockRate: 7, minSettlementFee: 9}));
        address policy = address(new SignaturePolicy());
        parameters.setPolicy(policy, true, 200_000);
        (uint256 post, uint256 listing, uint256 word) = parameters.atOrder(address(token), policy);
        (uint256 samePost,, uint256 sameListing) = parameters.atPost(address(token));
        eq(post, samePost, "post");
        eq(listing, sameListing, "listing");
        eq(PostWord.protocolFeeBps(post), 123, "fee");
        isTrue(PolicyWord.listed(word), "listed");
        isTrue(PolicyWord.kindOf(word) == IProofPolicy.Kind.Instant, "kind");
        eq(PolicyWord.gasCapOf(word), 200_000, "gas");
        parameters.tombstonePolicy(policy);
        (,, word) = parameters.atOrder(address(token), policy);
        isTrue(!PolicyWord.listed(word), "removed");
    }

    function test_SetParameters_RefusesOthers() public {
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        VM.prank(STRANGER);
        parameters.setParameters(Defaults.task(), Defaults.post());
    }

    function test_SetParameters_RefusesTheVersionAfterTheLast() public {
        // Version and protocol fee are in the same slot as the post parameters.
        uint256 word = PostWord.pack(Defaults.post(), type(uint16).max, Defaults.task().protocolFeeBps);
        bytes32 slot = bytes32(uint256(2));
        uint256 first = PostWord.pack(Defaults.post(), 1, Defaults.task().protocolFeeBps);
        eq(VM.load(address(parameters), slot), bytes32(first), "slot");
        VM.store(address(parameters), slot, bytes32(word));
        VM.expectRevert(IDecoParameters.VersionsExhausted.selector);
        parameters.setParameters(Defaults.task(), Defaults.post());
    }

    function test_SetAllocator_ListsAndUnlists() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoParameters.AllocatorChanged(address(1), true);
        parameters.setAllocator(address(1), true);
        isTrue(parameters.movesTrust(address(1)), "listed");
        parameters.setAllocator(address(1), false);
        isTrue(!parameters.movesTrust(address(1)), "no longer");
    }

    function test_SetAllocator_RefusesStrangersAndZero() public {
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(1)));
        VM.prank(address(1));
        parameters.setAllocator(address(1), true);
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.ZeroAddress.selector, bytes32("allocator")));
        parameters.setAllocator(address(0), true);
    }

    function test_SetParameters_HoldsEachTaskBound() public {
        TaskParameters memory p = Defaults.task();
        p.noShowBps = uint16(ParameterBounds.MIN_NO_SHOW_BPS - 1);
        _refuse("noShowBps", p);
        p = Defaults.task();
        p.noShowBps = uint16(ParameterBounds.MAX_NO_SHOW_BPS + 1);
        _refuse("noShowBps", p);
        p = Defaults.task();
        p.declineBps = uint16(ParameterBounds.MAX_DECLINE_BPS + 1);
        _refuse("declineBps", p);
        p = Defaults.task();
        p.failedVoteBps = uint16(ParameterBounds.MAX_FAILED_VOTE_BPS + 1);
        _refuse("failedVoteBps", p);
        p = Defaults.task();
        p.protocolFeeBps = uint16(ParameterBounds.MAX_PROTOCOL_FEE_BPS + 1);
        _refuse("protocolFeeBps", p);
        p = Defaults.task();
        p.agreeStep = uint8(ParameterBounds.MAX_AGREE_STEP + 1);
        _refuse("agreeStep", p);
        p = Defaults.task();
        p.dissentStep = p.agreeStep;
        _refuse("dissentStep", p);
        p = Defaults.task();
        p.dissentStep = uint8(ParameterBounds.MAX_FAULT_STEP + 1);
        _refuse("dissentStep", p);
        p = Defaults.task();
        p.noShowStep = p.agreeStep;
        _refuse("noShowStep", p);
        p = Defaults.task();
        p.weightCap = 0;
        _refuse("weightCap", p);
        p.weightCap = uint8(ParameterBounds.MAX_WEIGHT_CAP + 1);
        _refuse("weightCap", p);
        p = Defaults.task();
        p.epoch = 0;
        _refuse("epoch", p);
        p.epoch = uint32(ParameterBounds.MAX_EPOCH + 1);
        _refuse("epoch", p);
        p = Defaults.task();
        p.settleWindow = 0;
        _refuse("settleWindow", p);
        p.settleWindow = uint24(ParameterBounds.MAX_WINDOW + 1);
        _refuse("settleWindow", p);
        p = Defaults.task();
        p.declineGrace = uint24(ParameterBounds.MAX_WINDOW + 1);
        _refuse("declineGrace", p);
        p = Defaults.task();
        p.postingFee = uint40(ParameterBounds.MAX_POSTING_FEE + 1);
        _refuse("postingFee", p);
        // Trust may not rise on tasks that burn nothing.
        p.postingFee = uint40(ParameterBounds.MIN_TRUST_FEE - 1);
        _refuse("postingFee", p);
        p = Defaults.task();
        p.minIdentityStake = 0;
        _refuse("minIdentityStake", p);
        p.minIdentityStake = uint24(ParameterBounds.MAX_IDENTITY_STAKE + 1);
        _refuse("minIdentityStake", p);
        p = Defaults.task();
        p.checkpointFee = uint8(ParameterBounds.MAX_CHECKPOINT_FEE + 1);
        _refuse("checkpointFee", p);
        p = Defaults.task();
        p.panelSeats = uint8(ParameterBounds.MIN_PANEL - 1);
        _refuse("panelSeats", p);
        p.panelSeats = uint8(ParameterBounds.MAX_PANEL + 1);
        _refuse("panelSeats", p);
        p = Defaults.task();
        p.widePanelSeats = p.panelSeats - 1;
        _refuse("widePanelSeats", p);
        p.widePanelSeats = uint8(ParameterBounds.MAX_PANEL + 1);
        _refuse("widePanelSeats", p);
    }

    function test_SetParameters_HoldsEachPostBound() public {
        PostParameters memory p = Defaults.post();
        p.minLock = uint40(ParameterBounds.MIN_LOCK - 1);
        _refuse("minLock", p);
        p.minLock = uint40(ParameterBounds.MAX_LOCK + 1);
        _refuse("minLock", p);
        p = Defaults.post();
        p.unbond = uint32(ParameterBounds.MIN_UNBOND - 1);
        _refuse("unbond", p);
        p.unbond = uint32(ParameterBounds.MAX_UNBOND + 1);
        _refuse("unbond", p);
        p = Defaults.post();
        p.minClaimWindow = 0;
        _refuse("minClaimWindow", p);
        p.minClaimWindow = uint24(ParameterBounds.MAX_WINDOW + 1);
        _refuse("minClaimWindow", p);
        p = Defaults.post();
        p.minRevealWindow = 0;
        _refuse("minRevealWindow", p);
        p.minRevealWindow = uint24(ParameterBounds.MAX_WINDOW + 1);
        _refuse("minRevealWindow", p);
        p = Defaults.post();
        p.trustStart = uint8(ParameterBounds.MIN_TRUST_START - 1);
        _refuse("trustStart", p);
        p.trustStart = uint8(ParameterBounds.MAX_TRUST_START + 1);
        _refuse("trustStart", p);
        p = Defaults.post();
        p.maxCallbackGas = uint24(ParameterBounds.MAX_CALLBACK_GAS + 1);
        _refuse("maxCallbackGas", p);
    }

    function test_SetParameters_AllowsNoFeeWhereTrustDoesNotMove() public {
        TaskParameters memory p = Defaults.task();
        p.trustMoves = false;
        p.postingFee = 0;
        parameters.setParameters(p, Defaults.post());
        isTrue(!parameters.taskParameters(2).trustMoves, "trust stands still");
    }

    // --- setToken ---

    function test_SetToken_Lists() public {
        TokenParameters memory listing = TokenParameters({listed: true, lockRate: 5e29, minSettlementFee: 77});
        VM.expectEmit(true, false, false, true);
        emit TokenChanged(address(token), listing);
        parameters.setToken(address(token), listing);
        TokenParameters memory stored = parameters.tokenParameters(address(token));
        eq(keccak256(abi.encode(stored)), keccak256(abi.encode(listing)), "listing");
        eq(parameters.version(), 1, "tokens are not versioned");
    }

    function test_SetToken_DelistsEvenWithoutCode() public {
        parameters.setToken(STRANGER, TokenParameters({listed: false, lockRate: 0, minSettlementFee: 0}));
        isTrue(!parameters.tokenParameters(STRANGER).listed, "not listed");
    }

    function test_SetToken_RefusesOthers() public {
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        VM.prank(STRANGER);
        parameters.setToken(address(token), TokenParameters(true, 1, 1));
    }

    function test_SetToken_RefusesZeroAndAccountsWithoutCode() public {
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.ZeroAddress.selector, bytes32("token")));
        parameters.setToken(address(0), TokenParameters(true, 1, 1));
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.TokenWithoutCode.selector, STRANGER));
        parameters.setToken(STRANGER, TokenParameters(true, 1, 1));
    }

    function test_SetToken_HoldsBounds() public {
        uint112 rate = uint112(ParameterBounds.MAX_LOCK_RATE + 1);
        VM.expectRevert(_outOfBounds("lockRate", rate, 0, rate - 1));
        parameters.setToken(address(token), TokenParameters(true, rate, 0));
        uint96 fee = uint96(ParameterBounds.MAX_SETTLEMENT_FEE + 1);
        VM.expectRevert(_outOfBounds("minSettlementFee", fee, 0, fee - 1));
        parameters.setToken(address(token), TokenParameters(true, 0, fee));
    }

    // --- setTreasury ---

    function test_SetTreasury_Changes() public {
        VM.expectEmit(false, false, false, true);
        emit TreasuryChanged(STRANGER);
        parameters.setTreasury(STRANGER);
        eq(parameters.treasury(), STRANGER, "treasury");
    }

    function test_SetTreasury_RefusesOthersAndZero() public {
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        VM.prank(STRANGER);
        parameters.setTreasury(STRANGER);
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.ZeroAddress.selector, bytes32("treasury")));
        parameters.setTreasury(address(0));
    }

    // --- ownership ---

    // --- policies ---

    function test_SetPolicy_ReadsTheKindOnce() public {
        SignaturePolicy policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, 200_000);
        PolicyParameters memory listing = parameters.policyParameters(address(policy));
        isTrue(listing.listed && !listing.tombstoned, "listed");
        eq(uint256(listing.kind), uint256(IProofPolicy.Kind.Instant), "kind");
        eq(listing.gasCap, 200_000, "gas");
        // Later it says something else, or nothing: what it said stays.
        VM.etch(address(policy), "");
        parameters.setPolicy(address(policy), false, 300_000);
        listing = parameters.policyParameters(address(policy));
        isTrue(!listing.listed, "no longer listed");
        eq(listing.gasCap, 300_000, "gas");
    }

    function test_SetPolicy_RefusesWhatIsNoPolicy() public {
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.PolicyWithoutCode.selector, STRANGER));
        parameters.setPolicy(STRANGER, true, 200_000);
        address policy = address(new SignaturePolicy());
        bytes4 outOfBounds = IDecoParameters.ParameterOutOfBounds.selector;
        VM.expectRevert(abi.encodeWithSelector(outOfBounds, bytes32("gasCap"), 1_000_001, 1, 1_000_000));
        parameters.setPolicy(policy, true, 1_000_001);
        VM.expectRevert(abi.encodeWithSelector(outOfBounds, bytes32("gasCap"), 0, 1, 1_000_000));
        parameters.setPolicy(policy, true, 0);
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        VM.prank(STRANGER);
        parameters.setPolicy(policy, true, 1);
    }

    function test_TombstonePolicy_IsForEver() public {
        address policy = address(new SignaturePolicy());
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.PolicyUnknown.selector, policy));
        parameters.tombstonePolicy(policy);
        parameters.setPolicy(policy, true, 200_000);
        parameters.tombstonePolicy(policy);
        isTrue(parameters.policyParameters(policy).tombstoned, "tombstoned");
        isTrue(!parameters.policyParameters(policy).listed, "not listed");
        VM.expectRevert(abi.encodeWithSelector(IDecoParameters.PolicyTombstoned.selector, policy));
        parameters.setPolicy(policy, true, 200_000);
        VM.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        VM.prank(STRANGER);
        parameters.tombstonePolicy(policy);
    }

    function test_Ownership_MovesInTwoSteps() public {
        parameters.transferOwnership(STRANGER);
        eq(parameters.owner(), address(this), "still the old owner");
        VM.prank(STRANGER);
        parameters.acceptOwnership();
        eq(parameters.owner(), STRANGER, "new owner");
    }

    // --- words ---

    function testFuzz_TaskWord_RoundTrip(TaskParameters memory p) public pure {
        // Seven bits of the word.
        p.checkpointFee &= 127;
        // Four bits each; the bounds leave no more.
        p.panelSeats &= 0xf;
        p.widePanelSeats &= 0xf;
        TaskParameters memory back = TaskParametersLib.unpack(TaskParametersLib.pack(p));
        eq(keccak256(abi.encode(back)), keccak256(abi.encode(p)), "task parameters");
    }

    function testFuzz_PostWord_RoundTrip(PostParameters memory p, uint16 version, uint16 feeBps) public pure {
        uint256 word = PostWord.pack(p, version, feeBps);
        eq(PostWord.versionOf(word), version, "version");
        eq(PostWord.protocolFeeBps(word), feeBps, "protocol fee");
        eq(keccak256(abi.encode(PostWord.unpackPost(word))), keccak256(abi.encode(p)), "post parameters");
    }

    function _refuse(bytes32 name, TaskParameters memory p) private {
        (bool done, bytes memory reason) =
            address(parameters).call(abi.encodeCall(parameters.setParameters, (p, Defaults.post())));
        _isBound(done, reason, name);
    }

    function _refuse(bytes32 name, PostParameters memory p) private {
        (bool done, bytes memory reason) =
            address(parameters).call(abi.encodeCall(parameters.setParameters, (Defaults.task(), p)));
        _isBound(done, reason, name);
    }

    function _isBound(bool done, bytes memory reason, bytes32 name) private pure {
        isTrue(!done, "out of bounds, yet taken");
        eq(bytes32(bytes4(reason)), bytes32(IDecoParameters.ParameterOutOfBounds.selector), "error");
        bytes32 actual;
        assembly ("memory-safe") {
            actual := mload(add(reason, 36))
        }
        eq(actual, name, "parameter");
    }

    function _outOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IDecoParameters.ParameterOutOfBounds.selector, name, value, minimum, maximum);
    }
}
