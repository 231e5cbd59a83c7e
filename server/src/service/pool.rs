//! The pool of an edition: a ready-made list, or the approved nominations; its lock; and what is printed of it.
//!
//! The two ways exclude each other. A ready-made list is published exactly as it stands in its file; of nominations the
//! published pool has masked names and anchors (draw specification §3).

pub mod lock;
pub mod print;

use std::collections::BTreeMap;

use evaluation::hash::Sha256Hash;
use evaluation::pool::Pool;
use evaluation::rules::Rules;

use super::edition::load_rules;
use super::{Context, ServiceError, log};
use crate::domain::edition::EditionStepError;
use crate::domain::{Actor, EditionId, EditionState, LogEvent};
use crate::store::editions::Edition;
use crate::store::pool::PoolMember;
use crate::store::{Connection, StoreError, editions, nominations, pool};

/// Replaces the pool by a ready-made list with ids, which must have the size that the rules ask for. Nothing is imported
/// if any row is wrong, if a column names personal data, or if there are nominations.
pub async fn import_pool(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    file: &[u8],
) -> Result<usize, ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = load_open(&mut tx, context, id).await?;
    if nominations::count(&mut tx, &context.county, id).await? > 0 {
        return Err(ServiceError::input(
            "pool_has_nominations",
            "已经有提名，人员库将由审核通过的提名组成，不能再导入现成名单。纸质名单请用“导入纸质名单”。",
            "There are nominations; the pool is made of those that are approved. A list from paper is imported as nominations.",
        ));
    }
    let rules = load_rules(&edition)?;
    let imported = read_pool(file, &rules)?;
    pool::delete_all(&mut tx, &context.county, id).await?;
    insert_members(&mut tx, context, id, &imported).await?;
    let members = imported.members().len();
    let event =
        LogEvent::PoolImported { edition: id.clone(), members: count(members), file: Sha256Hash::of(file) };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(members)
}

/// Throws a ready-made list away, so that another one can be imported or nominations can be collected.
pub async fn discard(context: &Context, actor: &Actor, id: &EditionId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    load_open(&mut tx, context, id).await?;
    let members = pool::count_halves(&mut tx, &context.county, id).await?.iter().sum();
    if members == 0 {
        return Err(ServiceError::NotFound("list"));
    }
    pool::delete_all(&mut tx, &context.county, id).await?;
    let event = LogEvent::PoolDiscarded { edition: id.clone(), members };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether the pool is, or will be, a ready-made list.
pub async fn is_ready_made(context: &Context, id: &EditionId) -> Result<bool, ServiceError> {
    let mut tx = context.db.read().await?;
    let members: u32 = pool::count_halves(&mut tx, &context.county, id).await?.iter().sum();
    Ok(members > 0 && nominations::count(&mut tx, &context.county, id).await? == 0)
}

/// The pool as locked; nothing while it is open.
pub async fn find_lock(context: &Context, id: &EditionId) -> Result<Option<pool::Lock>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(pool::find_lock(&mut tx, &context.county, id).await?)
}

/// The pool as stored, whose file is what a draw announces. Once it is locked, it must be what was locked, byte for byte.
pub async fn load_pool(tx: &mut Connection, context: &Context, id: &EditionId) -> Result<Pool, ServiceError> {
    let members = pool::list(tx, &context.county, id).await?;
    let columns: Vec<_> =
        members.first().map(|member| member.cells.keys().cloned().collect()).unwrap_or_default();
    let mut rows: Vec<Vec<&str>> = Vec::new();
    for member in &members {
        let mut row = vec![member.member_id.as_str(), &member.half, &member.category];
        row.extend(columns.iter().map(|column| member.cells.get(column).map_or("", String::as_str)));
        rows.push(row);
    }
    // The database may sort by language; the file is sorted by bytes.
    rows.sort_by(|one, other| one.first().cmp(&other.first()));
    let heading = ["id", "half", "category"].into_iter().chain(columns.iter().map(String::as_str)).collect();
    let lines = std::iter::once(heading).chain(rows).map(|row: Vec<&str>| row.join("\t"));
    let text: String =
        std::iter::once("public-draw/1\tpool".to_owned()).chain(lines).map(|line| line + "\n").collect();
    let lock = pool::find_lock(tx, &context.county, id).await?;
    if lock.is_some_and(|lock| lock.pool != text) {
        return Err(ServiceError::contradiction("the pool is not the one that was locked"));
    }
    Pool::from_tsv(text.as_bytes()).map_err(|error| ServiceError::contradiction(error.en()))
}

/// The edition, whose pool must be open.
pub(super) async fn load_open(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<Edition, ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    if edition.state.is_pool_open() {
        return Ok(edition);
    }
    let (expected, found) = (EditionState::PoolOpen, edition.state);
    Err(EditionStepError::WrongState { expected, found }.into())
}

async fn insert_members(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    pool: &Pool,
) -> Result<(), ServiceError> {
    let others = pool.columns();
    for member in pool.members() {
        let cells: BTreeMap<_, _> = others.iter().cloned().zip(member.cells().iter().cloned()).collect();
        let row = PoolMember {
            member_id: member.id().to_string(),
            half: member.half().to_string(),
            category: member.category().to_string(),
            cells,
        };
        pool::insert(tx, &context.county, id, &row).await?;
    }
    Ok(())
}

fn read_pool(file: &[u8], rules: &Rules) -> Result<Pool, ServiceError> {
    let wrong = |zh, en| ServiceError::input("pool_file", zh, en);
    let pool = Pool::import(file).map_err(|error| wrong(error.zh(), error.en()))?;
    if let Some(column) = pool.personal_column() {
        return Err(wrong(
            format!(
                "现成名单会整份公开，不能含有个人信息列“{column}”。请删去这一列；要收集身份证号和电话，请用“导入纸质名单”。"
            ),
            format!(
                "A ready-made list is published as a whole and must not have the personal column “{column}”. Delete it; ID card and phone numbers belong into a list from paper."
            ),
        ));
    }
    let take = evaluation::pool::PerHalf::from_fn(|half| rules.pool.halves.of(half).take);
    pool.check_size(rules.pool.size, &take).map_err(|error| wrong(error.zh(), error.en()))?;
    check_categories(rules, &pool)?;
    Ok(pool)
}

/// Every category of the pool is one of the rules, in its own half.
fn check_categories(rules: &Rules, pool: &Pool) -> Result<(), ServiceError> {
    for member in pool.members() {
        let categories = &rules.pool.halves.of(member.half()).categories;
        if !categories.iter().any(|category| category.name.zh == member.category().as_str()) {
            let (id, half, category) = (member.id(), member.half(), member.category());
            return Err(ServiceError::input(
                "pool_file",
                format!("{id}：规则中{half}组没有“{category}”这一类别。没有导入任何人，请改正后重新导入。"),
                format!(
                    "{id}: half {half} of the rules has no category “{category}”. Nobody was imported; correct the file."
                ),
            ));
        }
    }
    Ok(())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
