// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostilePolicy} from "../../contracts/mocks/HostilePolicy.sol";
import {HostileReceiver} from "../../contracts/mocks/HostileReceiver.sol";
import {SignaturePolicy} from "../../contracts/mocks/SignaturePolicy.sol";
import {EvaluatorPolicy} from "../../contracts/policies/EvaluatorPolicy.sol";
import {TaskParameters, TaskParametersLib} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {BagTree} from "../contracts/support/BagTree.sol";
import {Defaults} from "../contracts/support/Defaults.sol";
import {VM} from "../contracts/support/Vm.sol";
import {Ledger, Member} from "./Ledger.sol";

/// @notice How a provider behaves.
enum Kind {
    Honest,
    Liars,
    NoShows,
    Withholders,
    Abstainers,
    Decliners
}

/// @title World
/// @notice A market with its people, and what is true about its tasks.
abstract contract World is Ledger {
    uint256 internal constant MAX_LIVE = 16;
    uint32 internal constant FIRST_PROVIDERS = 16;
    uint32 internal constant MAX_PROVIDERS = 18;
    uint96 internal constant FIRST_STAKE = 3_000 ether;
    address internal constant TREASURY_2 = address(0x7ea2);
    address internal constant AUTHOR = address(0xa07);
    address internal constant COLLECTOR = address(0xda7a);
    address internal constant APPELLANT = address(0xa99);
    address internal constant SECOND = address(0xa9a);
    address internal constant EVALUATOR = address(0xe4a1);
    /// @dev Signs the proofs that the instant policy takes.
    uint256 internal constant PROOF_KEY = 0x9100f;
    uint32 internal constant VOLUME = 4;
    /// @dev The one item of a bag that liars compute otherwise.
    uint256 internal constant WRONG_LEAF = 1;

    bytes32[] internal _live;
    mapping(bytes32 taskId => Request) internal _bodies;
    mapping(bytes32 taskId => bytes32) internal _bodyHashes;
    /// @dev Packed parameters of the post.
    mapping(bytes32 taskId => uint256) internal _wordAtPost;
    mapping(bytes32 taskId => uint256) internal _unbondAtPost;
    mapping(bytes32 taskId => uint256) internal _rateAtPost;
    /// @dev What is left of each live task's escrow.
    mapping(bytes32 taskId => uint256) internal _escrows;
    /// @dev The wrong result and the right one.
    mapping(bytes32 taskId => bytes32[2]) private _outcomes;
    address[3] internal _requesters;
    address[2] internal _allocators;
    address internal _currentTreasury;
    SignaturePolicy internal _instant;
    EvaluatorPolicy internal _judge;
    HostilePolicy internal _hostile;
    mapping(address policy => bool) internal _isHostile;
    address internal _proofSigner;
    /// @dev A contract that results are delivered to, and settled tasks whose results it has not taken.
    HostileReceiver internal _receiver;
    bytes32[] internal _undelivered;

    function setUp() public virtual override {
        super.setUp();
        _currentTreasury = TREASURY;
        parameters.setParameters(_baseTerms(), Defaults.post());
        _receiver = new HostileReceiver();
        _judge = new EvaluatorPolicy(market);
        _proofSigner = VM.addr(PROOF_KEY);
        _renewPolicies();
        parameters.setPolicy(address(_judge), true, 100_000);
        for (uint256 i = 0; i < 3; ++i) {
            _requesters[i] = VM.addr(_requesterKey(i));
            _welcome(_requesters[i], true);
        }
        _allocators = [VM.addr(_allocatorKey(0)), VM.addr(_allocatorKey(1))];
        _welcome(STRANGER, true);
        _welcome(APPELLANT, true);
        _welcome(SECOND, true);
        address[7] memory paid = [RELAYER, TREASURY, TREASURY_2, AUTHOR, COLLECTOR, address(_receiver), address(_judge)];
        for (uint256 i = 0; i < paid.length; ++i) {
            _welcome(paid[i], false);
        }
        for (uint32 id = 1; id <= FIRST_PROVIDERS; ++id) {
            _join();
        }
        _later(10);
    }

    /// @dev A long epoch, so that providers succeed more than once in it.
    function _baseTerms() internal pure returns (TaskParameters memory terms) {
        terms = Defaults.task();
        terms.epoch = 1 days;
    }

    /// @dev New ones in the place of those that governance removed for ever.
    function _renewPolicies() internal {
        _instant = new SignaturePolicy();
        _hostile = new HostilePolicy();
        _isHostile[address(_hostile)] = true;
        parameters.setPolicy(address(_instant), true, 100_000);
        parameters.setPolicy(address(_hostile), true, 50_000);
    }

    // --- people ---

    function _welcome(address account, bool funded) private {
        if (funded) _fund(account);
        _accounts.push(account);
    }

    function _requesterKey(uint256 seed) internal pure returns (uint256) {
        return 0x700000 + seed % 3;
    }

    function _requester(uint256 seed) internal view returns (address) {
        return _requesters[seed % 3];
    }

    function _allocatorKey(uint256 index) internal pure returns (uint256) {
        return 0xa110c + index;
    }

    function _heir(uint32 provider) internal pure returns (address) {
        return address(uint160(0x400000 + provider));
    }

    function _operatorKey(uint32 provider, bool rotated) internal pure returns (uint256) {
        return (rotated ? 0x500000 : 0x200000) + uint256(provider);
    }

    function _operator(uint32 provider) internal pure override returns (address) {
        return VM.addr(_operatorKey(provider, false));
    }

    function _keyOf(uint32 provider) internal view returns (uint256) {
        return _operatorKey(provider, _members[provider].rotated);
    }

    /// @dev What is signed of an EIP-712 struct.
    function _signedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash));
    }

    /// @dev Six honest ones, three liars, two that stay away, two that abstain, one or two of each other kind; late comers are honest.
    function _kind(uint32 provider) internal pure returns (Kind) {
        if (provider <= 6 || provider > FIRST_PROVIDERS) return Kind.Honest;
        if (provider <= 9) return Kind.Liars;
        if (provider <= 11) return Kind.NoShows;
        if (provider <= 12) return Kind.Withholders;
        return provider <= 14 ? Kind.Abstainers : Kind.Decliners;
    }

    function _join() internal returns (uint32 provider) {
        provider = _provider(FIRST_STAKE);
        _memberCount = provider;
        _welcome(_owner(provider), false);
        _welcome(_heir(provider), true);
        // The fee of a proof is its caller's.
        _welcome(_operator(provider), false);
        _welcome(VM.addr(_operatorKey(provider, true)), false);
        Member storage member = _members[provider];
        (member.owner, member.operator) = (_owner(provider), _operator(provider));
        _grow(member, FIRST_STAKE);
        member.trust = parameters.postParameters().trustStart;
        _held[address(deco)] += FIRST_STAKE;
    }

    /// @dev Discards the call: forge counts it apart.
    function _skip() internal pure {
        VM.assume(false);
    }

    /// @dev What is always possible is done one time in `times`, else it would be most of a run.
    function _seldom(uint256 seed, uint256 times) internal pure {
        if (uint256(keccak256(abi.encode(seed))) % times != 0) _skip();
    }

    // --- tasks ---

    function _forget(bytes32 taskId) internal {
        _remove(_live, taskId);
    }

    function _remove(bytes32[] storage list, bytes32 item) internal {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] != item) continue;
            list[i] = list[list.length - 1];
            list.pop();
            return;
        }
    }

    /// @dev One of the list that fits, searched from a random place; zero when there is none.
    function _find(bytes32[] storage list, uint256 seed, function(bytes32) internal view returns (bool) fits)
        internal
        view
        returns (bytes32)
    {
        uint256 count = list.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 item = list[(seed % count + i) % count];
            if (fits(item)) return item;
        }
        return 0;
    }

    function _terms(bytes32 taskId) internal view returns (TaskParameters memory) {
        return TaskParametersLib.unpack(_wordAtPost[taskId]);
    }

    function _share(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return amount * bps / 10_000;
    }

    function _dissentShare(bytes32 taskId) internal view returns (uint256) {
        return _share(_bodies[taskId].lock, _bodies[taskId].dissentBps);
    }

    // --- the truth ---

    /// @dev What the liars and the others vote for; a bag's result is made of root and manifest.
    function _rememberResults(bytes32 taskId) internal {
        bool bag = _bodies[taskId].volume > 1;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 digest = _digest(taskId, i == 1);
            _outcomes[taskId][i] = bag ? keccak256(abi.encode(_root(taskId, i == 1), digest)) : digest;
        }
    }

    function _result(bytes32 taskId, bool right) internal view returns (bytes32) {
        return _outcomes[taskId][right ? 1 : 0];
    }

    function _digest(bytes32 taskId, bool right) internal pure returns (bytes32) {
        return keccak256(abi.encode(right ? RIGHT : WRONG, taskId));
    }

    function _item(bytes32 taskId, uint256 leaf, bool right) internal pure returns (bytes32) {
        return keccak256(abi.encode("item", taskId, leaf, right || leaf != WRONG_LEAF));
    }

    function _items(bytes32 taskId, bool right) internal pure returns (bytes32[] memory items) {
        items = new bytes32[](VOLUME);
        for (uint256 i = 0; i < VOLUME; ++i) {
            items[i] = _item(taskId, i, right);
        }
    }

    function _root(bytes32 taskId, bool right) internal pure returns (bytes32) {
        return BagTree.root(_items(taskId, right));
    }
}
